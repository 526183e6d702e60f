using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace MemTools.Build;

/// <summary>Runs other programs; arguments are never joined or quoted.</summary>
internal static partial class Shell
{
    /// <summary>SIGINT.</summary>
    private const int Interrupt = 2;

    /// <summary>Runs with this process's streams and returns the exit code; 127 when the program is not there.</summary>
    /// <param name="timeout">After this the program is interrupted as by Ctrl+C, a minute later ended with all that it started, and 124 returned; null for no limit.</param>
    public static int Run(
        string program, IEnumerable<string> arguments, string? workingDirectory = null,
        IReadOnlyDictionary<string, string?>? environment = null, TimeSpan? timeout = null)
    {
        using var process = Start(program, arguments, workingDirectory, environment, capture: false);
        return process is null ? 127 : Wait(process, timeout);
    }

    /// <summary>Runs and captures both streams, mixed in the order of lines.</summary>
    public static (int ExitCode, string Output) Capture(
        string program, IEnumerable<string> arguments, string? workingDirectory = null,
        IReadOnlyDictionary<string, string?>? environment = null, TimeSpan? timeout = null)
    {
        using var process = Start(program, arguments, workingDirectory, environment, capture: true);
        if (process is null)
            return (127, $"{program}: not found");
        var output = new StringBuilder();
        void Take(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is null)
                return;
            lock (output)
                output.AppendLine(line.Data);
        }

        process.OutputDataReceived += Take;
        process.ErrorDataReceived += Take;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var code = Wait(process, timeout);
        lock (output)
            return (code, output.ToString());
    }

    /// <summary>Runs and fails the task when the exit code is not 0.</summary>
    public static void Check(string program, IEnumerable<string> arguments, string? workingDirectory = null)
    {
        var code = Run(program, arguments, workingDirectory);
        if (code != 0)
            throw new BuildFailure($"{Path.GetFileName(program)} ended with exit code {code}");
    }

    /// <summary>Path of a program in PATH; null when it is not there.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private static Process? Start(
        string program, IEnumerable<string> arguments, string? workingDirectory,
        IReadOnlyDictionary<string, string?>? environment, bool capture)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = workingDirectory ?? Repository.Root,
            RedirectStandardOutput = capture,
            RedirectStandardError = capture,
        };
        // A build server that outlives the task would keep a pipe of its caller open.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;
        try
        {
            return Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static int Wait(Process process, TimeSpan? timeout)
    {
        if (timeout is null)
        {
            process.WaitForExit();
            return process.ExitCode;
        }

        if (!process.WaitForExit(timeout.Value))
        {
            // A test runner writes what it has.
            _ = kill(process.Id, Interrupt);
            if (!process.WaitForExit(TimeSpan.FromMinutes(1)))
                process.Kill(entireProcessTree: true);
            process.WaitForExit();
            return 124;
        }

        process.WaitForExit();
        return process.ExitCode;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int kill(int process, int signal);
}
