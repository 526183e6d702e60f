using System.Diagnostics;
using System.Text;

namespace MemTools.IntegrationTests.Cli;

/// <summary>The built command, run as a process with a state folder of its own.</summary>
public sealed class CommandProcess : IDisposable
{
    private static readonly string Root = FindRoot();

    private readonly string _folder = Directory.CreateTempSubdirectory("memtools-cli-").FullName;

    public static string Repository => Root;

    public static string Command { get; } = Path.Combine(Root, "out", "memtools", "memtools");

    public static string Server { get; } = Path.Combine(Root, "samples", "dmserver", "prebuilt", "dmserver");

    public static string ServerTruth { get; } = Path.Combine(Root, "samples", "dmserver", "expected.json");

    /// <summary>A folder for the test, removed with everything that the command left in its state.</summary>
    public string Folder => _folder;

    public static void Need()
    {
        Assert.SkipUnless(File.Exists(Command), "out/memtools/memtools is not built: ./build.sh build makes it");
    }

    /// <summary>Skips where no library with gperftools' heap checker is installed, or the sample server is of another architecture.</summary>
    public async Task NeedHeapCheckAsync()
    {
        Need();
        Assert.SkipUnless(System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.X64, "the prebuilt sample server is for x86_64");
        var (code, output, _) = await RunAsync(["allocators", "tcmalloc", "--installed"]);
        Assert.SkipUnless(code == 0 && output.Contains("Supported", StringComparison.Ordinal), "no tcmalloc with a heap checker is installed (apt: libgoogle-perftools4)");
    }

    public Process Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(Command, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = _folder,
        };
        start.Environment["XDG_STATE_HOME"] = Path.Combine(_folder, "state");
        start.Environment.Remove("NO_COLOR");
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    public async Task<(int ExitCode, string Out, string Error)> RunAsync(
        IEnumerable<string> arguments, string input = "", IReadOnlyDictionary<string, string>? environment = null)
    {
        using var process = Start(arguments, environment);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        await process.StandardInput.WriteAsync(input.AsMemory(), limit.Token);
        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    public string Write(string name, byte[] content)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    public string Write(string name, string content) => Write(name, Encoding.UTF8.GetBytes(content));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string FindRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "MemTools.slnx")))
                return folder;
        }

        throw new InvalidOperationException("the tests must run from the working copy");
    }
}
