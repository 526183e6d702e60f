using System.Diagnostics;
using System.Globalization;

namespace MemTools.IntegrationTests.Reports;

/// <summary>
/// Heap profiles of a small program written live by the real allocators, for comparison with the tools that came with them. The
/// program allocates in named functions without inlining, so that a peer's names and ours are the same by right.
/// </summary>
public sealed class PeerProfiles : IDisposable
{
    private const string Source = """
        #include <stdlib.h>
        #include <string.h>
        static void *kept[4096];
        static int count;
        __attribute__((noinline)) static void keep(void *p, size_t n) { memset(p, 1, n); kept[count++ % 4096] = p; }
        __attribute__((noinline)) static void small_ones(int n) {
          for (int i = 0; i < n; i++)
            keep(malloc(48), 48);
        }
        __attribute__((noinline)) static void large_ones(int n) {
          for (int i = 0; i < n; i++)
            keep(calloc(1, 70000), 70000);
        }
        __attribute__((noinline)) static void nested(int depth) {
          if (depth > 0) { nested(depth - 1); return; }
          keep(malloc(5000), 5000);
        }
        __attribute__((noinline)) static void freed(void) {
          for (int i = 0; i < 10; i++) { char *p = malloc(300); memset(p, 1, 300); free(p); }
        }
        int main(int argc, char **argv) {
          int n = argc > 1 ? atoi(argv[1]) : 1;
          small_ones(100 * n);
          large_ones(10);
          for (int i = 0; i < 7; i++) nested(3);
          freed();
          return 0;
        }
        """;

    public PeerProfiles()
    {
        Folder = Directory.CreateTempSubdirectory("memtools-peers-").FullName;
        Program = Path.Combine(Folder, "allocates");
        if (Find("gcc") is null)
            return;
        File.WriteAllText(Program + ".c", Source);
        Run("gcc", ["-g", "-O1", "-fno-omit-frame-pointer", "-fno-optimize-sibling-calls", "-o", Program, Program + ".c"]);
    }

    public string Folder { get; }

    public string Program { get; }

    /// <summary>A profile of gperftools' heap profiler, or a visible skip.</summary>
    public string Gperftools(int size)
    {
        string library = Library("libtcmalloc.so.4");
        string prefix = Path.Combine(Folder, $"gperftools{size}");
        string path = prefix + ".0001.heap";
        if (!File.Exists(path))
            RunInPlace(size, ("LD_PRELOAD", library), ("HEAPPROFILE", prefix));
        return path;
    }

    /// <summary>An unsampled profile of jemalloc, or a visible skip.</summary>
    public string Jemalloc(int size)
    {
        string library = Library("libjemalloc.so.2");
        string folder = Path.Combine(Folder, $"jemalloc{size}");
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);
            RunInPlace(
                size, ("LD_PRELOAD", library), ("MALLOC_CONF", $"prof:true,prof_final:true,lg_prof_sample:0,prof_accum:true,prof_prefix:{folder}/je"));
        }

        return Directory.GetFiles(folder, "*.f.heap").Single();
    }

    /// <summary>Runs a peer and returns what it printed on standard output.</summary>
    public static string Peer(string name, params string[] arguments)
    {
        Assert.SkipWhen(!Path.IsPathRooted(name) && Find(name) is null, $"{name} is not installed.");
        return Run(name, arguments);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private string Library(string soname)
    {
        Assert.SkipUnless(File.Exists(Program), "There is no gcc to compile the program under test.");
        string path = "/usr/lib/x86_64-linux-gnu/" + soname;
        Assert.SkipUnless(File.Exists(path), $"{soname} is not installed.");
        return path;
    }

    /// <summary>Without address randomisation: the peers subtract a base by raw addresses.</summary>
    private void RunInPlace(int size, params (string Name, string Value)[] environment) =>
        Run("setarch", ["-R", "env", .. environment.Select(variable => $"{variable.Name}={variable.Value}"), Program, size.ToString(CultureInfo.InvariantCulture)]);

    private static string? Find(string program) => Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private static string Run(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {errors.Result}");
        return output;
    }
}
