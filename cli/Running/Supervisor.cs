using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using MemTools.Cli.Infrastructure;
using MemTools.Cli.Parsing;

namespace MemTools.Cli.Running;

/// <summary>
/// <c>memtools run --no-wait</c>: a second <c>memtools</c>, in a session of its own, starts the program, watches it to its end and writes its record. The
/// words go over standard input as bytes, each ended by a zero byte, because .NET would change arguments that are not UTF-8.
/// </summary>
internal static class Supervisor
{
    /// <summary>Starts it; returns when the program runs, or with the exit code of a start that failed.</summary>
    public static int Start(CommandContext context, IReadOnlyList<string> options, IReadOnlyList<string> program)
    {
        var self = Environment.ProcessPath!;
        var start = new ProcessStartInfo(self) { RedirectStandardInput = true, RedirectStandardOutput = true };
        // Run by `dotnet memtools.dll`, the process is dotnet.
        if (Path.GetFileNameWithoutExtension(self) == "dotnet")
            start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        start.ArgumentList.Add("supervise");
        using var process = Process.Start(start)!;
        using (var words = process.StandardInput.BaseStream)
            Send(words, options, program);

        // The supervisor closes its standard output once the run has begun.
        process.StandardOutput.BaseStream.CopyTo(context.Terminal.OutStream);
        var started = process.WaitForExit(0) is false || process.ExitCode == ExitCodes.Success;
        return started ? ExitCodes.Success : process.ExitCode;
    }

    /// <summary>The words that <see cref="Start"/> sent: ours, then the program's.</summary>
    public static (IReadOnlyList<string> Options, IReadOnlyList<byte[]> Program) Receive()
    {
        using var input = Console.OpenStandardInput();
        using var bytes = new MemoryStream();
        input.CopyTo(bytes);
        var words = new List<byte[]>();
        ReadOnlySpan<byte> rest = bytes.GetBuffer().AsSpan(0, (int)bytes.Length);
        while (rest.IndexOf((byte)0) is var end and >= 0)
        {
            words.Add(rest[..end].ToArray());
            rest = rest[(end + 1)..];
        }

        var count = int.Parse(Encoding.UTF8.GetString(words[0]), System.Globalization.CultureInfo.InvariantCulture);
        return ([.. words.Skip(1).Take(count).Select(Encoding.UTF8.GetString)], [.. words.Skip(1 + count)]);
    }

    /// <summary>Leaves the caller's terminal and session, so that closing them does not end the run's record.</summary>
    public static void Detach() => _ = setsid();

    /// <summary>Tells <see cref="Start"/> that the program runs, and lets go of the caller's streams.</summary>
    public static void LetGo(Terminal terminal)
    {
        terminal.Flush();
        var nowhere = open("/dev/null", 2);
        for (var descriptor = 0; descriptor <= 2; descriptor++)
            _ = dup2(nowhere, descriptor);
    }

    private static void Send(Stream stream, IReadOnlyList<string> options, IReadOnlyList<string> program)
    {
        void Word(ReadOnlySpan<byte> bytes)
        {
            stream.Write(bytes);
            stream.WriteByte(0);
        }

        Word(Encoding.UTF8.GetBytes(options.Count.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        foreach (var option in options)
            Word(Encoding.UTF8.GetBytes(option));
        foreach (var word in RawArguments.Of(program))
            Word(word);
    }

    [DllImport("libc")]
    private static extern int setsid();

    [DllImport("libc", CharSet = CharSet.Ansi)]
    private static extern int open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc")]
    private static extern int dup2(int from, int to);
}
