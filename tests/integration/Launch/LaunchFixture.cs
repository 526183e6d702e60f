using System.Runtime.CompilerServices;
using System.Text;
using MemTools.Allocators;
using MemTools.Allocators.HeapCheck;
using MemTools.Allocators.Launch;

namespace MemTools.IntegrationTests.Launch;

/// <summary>A private store of runs, the sample programs, and the real tcmalloc; a missing one is a visible skip.</summary>
public sealed class LaunchFixture : IDisposable
{
    private static readonly string[] LibraryFolders = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib"];

    public LaunchFixture()
    {
        Folder = Path.Combine(Path.GetTempPath(), "memtools-test-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(Folder);
        Store = new RunStore(Path.Combine(Folder, "runs"));
    }

    public string Folder { get; }

    public RunStore Store { get; }

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A sample program of the shared corpus.</summary>
    public static string Program(string name)
    {
        string shared = Environment.GetEnvironmentVariable("MEMTOOLS_SHARED") ?? Path.Combine(Top(), "../shared");
        string path = Path.GetFullPath(Path.Combine(shared, "corpus/programs", name, "app"));
        Assert.SkipUnless(File.Exists(path), $"The corpus' program {name} is not there ({path}).");
        return path;
    }

    /// <summary>A library of gperftools with its heap checker.</summary>
    public static string Tcmalloc(string file = "libtcmalloc.so.4")
    {
        foreach (string folder in LibraryFolders)
            if (Path.Combine(folder, file) is var path && File.Exists(path))
                return path;
        Assert.Skip($"{file} is not installed (Debian: libgoogle-perftools4).");
        return "";
    }

    /// <summary>Compiles a C program.</summary>
    public string Compile(string name, string source, params string[] flags)
    {
        string? gcc = LocalTarget.Instance.FindProgram("gcc");
        Assert.SkipUnless(gcc is not null, "gcc is not installed.");
        string file = Path.Combine(Folder, name + ".c");
        string program = Path.Combine(Folder, name);
        File.WriteAllText(file, source);
        CommandResult result = LocalTarget.Instance.RunAsync(
            new CommandRequest(gcc!, ["-g", "-O1", "-o", program, file, .. flags]), Token).GetAwaiter().GetResult();
        Assert.True(result.ExitCode == 0, result.StandardError);
        return program;
    }

    /// <summary>A tool that the test needs.</summary>
    public static string Tool(string name)
    {
        string? path = LocalTarget.Instance.FindProgram(name);
        Assert.SkipUnless(path is not null, $"{name} is not installed.");
        return path!;
    }

    public static IReadOnlyList<byte[]> Arguments(params string[] arguments) => [.. arguments.Select(Encoding.UTF8.GetBytes)];

    public static LaunchRequest Check(string program, HeapCheckMode mode = HeapCheckMode.Normal, params string[] arguments) => new()
    {
        FilePath = program, Arguments = Arguments(arguments), HeapCheck = mode, Allocator = Tcmalloc(), Engine = "Gperftools",
    };

    public Task<AllocatorRun> RunAsync(LaunchRequest request, LaunchObserver? observer = null) =>
        Launcher.RunAsync(request, null, observer, Store, Token);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>The repository.</summary>
    public static string Top([CallerFilePath] string file = "")
    {
        // Sources are mapped to a neutral root in builds; then the program's own place tells.
        string? folder = File.Exists(file) ? Path.GetDirectoryName(file) : AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "MemTools.slnx")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? AppContext.BaseDirectory;
    }
}
