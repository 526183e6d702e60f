using MemTools.Reports.Errors;

namespace MemTools.Allocators.Detect;

/// <summary>What a canary run proved about a library on a target.</summary>
public sealed record CanaryResult
{
    /// <summary>True when the library was seen in the canary's memory map.</summary>
    public bool Loaded { get; init; }

    /// <summary>Why it was not, in the loader's words where it spoke; null when it was.</summary>
    public string? Problem { get; init; }

    /// <summary>True when the heap checker said that it is active.</summary>
    public bool HeapCheck { get; init; }

    /// <summary>True when the heap profiler started.</summary>
    public bool HeapProfile { get; init; }
}

/// <summary>
/// Runs a tiny program under a library and looks at what happens: no dlopen in this process (libjemalloc's initial-exec TLS forbids that),
/// no file name, no version number is believed.
/// </summary>
/// <param name="target">Where.</param>
/// <param name="program">A dynamic program there that prints a file, as <c>cat</c> does.</param>
public sealed class Canary(ITarget target, string program)
{
    private const string Banner = "heap leak checker is active";
    private const string ProfilerBanner = "Starting tracking the heap";
    private const string ProcessMap = "/proc/self/maps";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    // What the user's own environment could spoil.
    private static readonly string[] Cleared =
    [
        "LD_PRELOAD", "HEAPCHECK", "HEAPPROFILE", "HEAP_CHECK_DUMP_DIRECTORY", "PERFTOOLS_VERBOSE", "MALLOC_CONF", "CPUPROFILE",
        "GLIBC_TUNABLES", "MALLOC_TRACE", "LSAN_OPTIONS", "TCMALLOC_TRACE",
    ];

    /// <summary>Makes the probes, side by side.</summary>
    /// <param name="library">Path on the target.</param>
    /// <param name="dependencies">Paths to preload before it.</param>
    /// <param name="facts">What the file told: decides which probes make sense.</param>
    /// <param name="cancellation">Stops the runs.</param>
    public async Task<CanaryResult> RunAsync(
        string library, IReadOnlyList<string> dependencies, LibraryFacts facts, CancellationToken cancellation)
    {
        if (library.AsSpan().ContainsAny(" :\t\n"))
        {
            return new CanaryResult { Problem = $"LD_PRELOAD splits the path at a blank or colon: {library}" };
        }

        var preload = string.Join(':', dependencies.Append(library));
        var isGperftools = facts.Name?.StartsWith("tcmalloc", StringComparison.Ordinal) == true;
        var check = RunAsync(preload, "HEAPCHECK", "local", cancellation);

        // No file can be made below /dev/null: the profiler starts, its dump fails, nothing is left behind.
        var profile = isGperftools || facts.Name is null ? RunAsync(preload, "HEAPPROFILE", "/dev/null/canary", cancellation) : null;
        var conf = facts.Name == "jemalloc" ? RunAsync(preload, "MALLOC_CONF", "abort_conf:true,prof:true", cancellation) : null;

        var (first, problem) = await check.ConfigureAwait(false);
        var profiled = profile is null ? null : (await profile.ConfigureAwait(false)).Result;
        var configured = conf is null ? null : (await conf.ConfigureAwait(false)).Result;
        problem ??= await LoadProblemAsync(library, first!, cancellation).ConfigureAwait(false);
        return new CanaryResult
        {
            Loaded = problem is null,
            Problem = problem,
            HeapCheck = problem is null && first!.StandardError.Contains(Banner, StringComparison.Ordinal),
            HeapProfile = problem is null
                && (profiled?.StandardError.Contains(ProfilerBanner, StringComparison.Ordinal) == true || configured?.ExitCode == 0),
        };
    }

    private async Task<(CommandResult? Result, string? Problem)> RunAsync(string preload, string variable, string value, CancellationToken cancellation)
    {
        var environment = Cleared.ToDictionary(n => n, _ => (string?)null);
        environment["LD_PRELOAD"] = preload;
        environment["LC_ALL"] = "C";
        environment[variable] = value;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Limit);
        try
        {
            var request = new CommandRequest(program, [ProcessMap], environment, CaptureLimit: 1024 * 1024);
            return (await target.RunAsync(request, limit.Token).ConfigureAwait(false), null);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (null, $"{program} did not end within {Limit.TotalSeconds:0} s under it");
        }
        catch (MemToolsException e)
        {
            return (null, $"the canary could not run: {e.Message}");
        }
    }

    // The library is in the process if the map names it; a static program ignores LD_PRELOAD, musl passes over a missing file, without a word.
    private async Task<string?> LoadProblemAsync(string library, CommandResult run, CancellationToken cancellation)
    {
        var said = run.StandardError.Split('\n').Select(l => l.Trim())
            .FirstOrDefault(l => l.Contains("ld.so:") || l.Contains("error while loading") || l.Contains("not found (required by")
                || l.Contains("Error loading shared library") || l.Contains("Error relocating") || l.Contains("cannot open shared object"));
        if (said is not null)
        {
            return said.StartsWith(program + ": ", StringComparison.Ordinal) ? said[(program.Length + 2)..] : said;
        }

        if (run.ExitCode != 0)
        {
            return $"{program} ended with {run.ExitCode} under it: {run.StandardError.Split('\n')[0]}".TrimEnd(':', ' ');
        }

        if (Names(run.StandardOutput, Path.GetFileName(library)))
        {
            return null;
        }

        var real = await RealPathAsync(library, cancellation).ConfigureAwait(false);
        return real is not null && Names(run.StandardOutput, Path.GetFileName(real))
            ? null
            : $"{program} ran without it: a static program, or one of another C library, ignores LD_PRELOAD";
    }

    private static bool Names(string map, string file) => map.Contains('/' + file, StringComparison.Ordinal);

    private async Task<string?> RealPathAsync(string path, CancellationToken cancellation)
    {
        if (target.FindProgram("readlink") is not { } readlink)
        {
            return null;
        }

        var result = await target.RunAsync(new CommandRequest(readlink, ["-f", path]), cancellation).ConfigureAwait(false);
        return result.ExitCode == 0 ? result.StandardOutput.Trim() : null;
    }
}
