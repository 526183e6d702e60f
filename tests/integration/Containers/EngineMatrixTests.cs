using MemTools.Allocators.Launch;
using MemTools.Containers.Targets;
using MemTools.Reports.Errors;
using MemTools.Reports.Model;

namespace MemTools.IntegrationTests.Containers;

/// <summary>Kind of image × leak engine: the planted leaks by function and line, or the error that says why not. docs/containers.md shows it as a table.</summary>
public sealed class EngineMatrixTests
{
    private const string Found = "found";
    private const string NotBuilt = "AllocatorNotCompatible";
    private const string NotThere = "EngineNotAvailable";

    private static readonly ContainerOptions Hardened = new()
    {
        ReadOnly = true, User = "65534", CapDrop = ["ALL"], SecurityOpt = ["no-new-privileges"], Tmpfs = ["/tmp"], Network = "none",
    };

    /// <summary>Kind, image, engine, allocator (null for the engine's own), what comes of it.</summary>
    public static TheoryData<string, string, string, string> Cells => new()
    {
        { "bookworm", "debian:allocators", "Gperftools", Found }, // 2.10
        { "bookworm", "debian:allocators", "LeakSanitizer", Found },
        { "bookworm", "debian:allocators", "Jemalloc", Found },
        { "bookworm", "debian:allocators", "Valgrind", Found },
        { "trixie", "trixie:allocators", "Gperftools", Found }, // 2.16
        { "trixie", "trixie:allocators", "LeakSanitizer", Found },
        { "trixie", "trixie:allocators", "Jemalloc", Found },
        { "trixie", "trixie:allocators", "Valgrind", Found },
        { "sid", "sid:allocators", "Gperftools 2.18", "HeapCheckRemoved" },
        { "sid", "sid:allocators", "Gperftools", Found }, // this machine's 2.10, lent
        { "sid", "sid:allocators", "LeakSanitizer", Found },
        { "sid", "sid:allocators", "Jemalloc", Found },
        { "sid", "sid:allocators", "Valgrind", Found },
        { "hardened", "debian:allocators", "Gperftools", Found },
        { "hardened", "debian:allocators", "LeakSanitizer", Found },
        { "hardened", "debian:allocators", "Jemalloc", Found },
        { "hardened", "debian:allocators", "Valgrind", Found },
        { "rpm", "rpm:dnf", "Gperftools", Found }, // lent by this machine
        { "rpm", "rpm:dnf", "LeakSanitizer", Found },
        { "rpm", "rpm:dnf", "Jemalloc", Found },
        { "rpm", "rpm:dnf", "Valgrind", NotThere },
        { "distroless", "distroless:latest", "Gperftools", Found },
        { "distroless", "distroless:latest", "LeakSanitizer", Found },
        { "distroless", "distroless:latest", "Jemalloc", Found },
        { "distroless", "distroless:latest", "Valgrind", NotThere },
        { "musl", "musl:latest", "Gperftools", NotBuilt },
        { "musl", "musl:latest", "LeakSanitizer", NotBuilt },
        { "musl", "musl:latest", "Jemalloc", NotBuilt },
        { "musl", "musl:latest", "Valgrind", NotThere },
        { "static", "distroless:static", "Gperftools", NotBuilt },
        { "static", "distroless:static", "LeakSanitizer", NotBuilt },
        { "static", "distroless:static", "Jemalloc", NotBuilt },
        { "static", "distroless:static", "Valgrind", NotThere },
    };

    /// <summary>Kind of a running container, and engine.</summary>
    public static TheoryData<string, string> Running
    {
        get
        {
            var cells = new TheoryData<string, string>();
            foreach (string kind in (string[])["plain", "tmpfs", "read-only", "nothing allowed"])
            {
                foreach (string engine in (string[])["Gperftools", "LeakSanitizer", "Jemalloc", "Valgrind"])
                    cells.Add(kind, engine);
            }

            return cells;
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task Images(string kind, string image, string engine, string outcome)
    {
        (await TestEngine.RequireAsync(image)).Dispose();
        if (outcome != NotThere && !image.EndsWith(":allocators", StringComparison.Ordinal))
            SkipUnlessHere(engine);
        LaunchRequest request = ContainerRuns.Check("/app/leaky") with { Engine = engine.Split(' ')[0], Allocator = engine == "Gperftools 2.18" ? "tcmalloc" : null };
        ContainerOptions? options = kind == "hardened" ? Hardened : null;
        if (outcome == Found)
        {
            AssertFound(await ContainerRuns.InImageAsync(image, request, options), engine);
            SeenRun clean = await ContainerRuns.InImageAsync(image, ContainerRuns.Check("/app/leaky", "--clean", "--exit", "5") with { Engine = engine }, options);
            Assert.True((clean.Run.Verdict, clean.Run.ExitCode) == (Verdict.Clean, 5), $"{clean.Run.Verdict} {clean.Run.ExitCode}: {clean.Run.VerdictReason}\n{clean.Error}");
        }
        else
        {
            var error = await Assert.ThrowsAsync<MemToolsException>(() => ContainerRuns.InImageAsync(image, request, options));
            Assert.Equal(outcome, error.ErrorId);
            Assert.NotEmpty(error.RecommendedAction ?? "");
        }
    }

    [Theory]
    [MemberData(nameof(Running))]
    public async Task Running_containers(string kind, string engine)
    {
        (await TestEngine.RequireAsync("debian:allocators")).Dispose();
        string[] options = kind switch
        {
            "tmpfs" => ["--tmpfs", "/tmp"],
            "read-only" => ["--read-only", "--tmpfs", "/tmp"],
            "nothing allowed" => ["--user", "65534:65534", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"],
            _ => [],
        };
        string id = await TestEngine.StartContainerAsync("debian:allocators", options, "sleep", "600");
        AssertFound(await ContainerRuns.InContainerAsync(id, ContainerRuns.Check("/app/leaky") with { Engine = engine }), engine);
        Assert.Equal("", await TestEngine.DockerAsync("exec", id, "find", "/tmp", "/var/tmp", "/run", "/", "-maxdepth", "1", "-name", "*memtools*"));
        await TestEngine.DockerAsync("rm", "-f", id);
    }

    [Theory]
    [InlineData("debian:allocators", "LeakSanitizer")]
    [InlineData("sid:allocators", "LeakSanitizer")]
    [InlineData("rpm:dnf", "LeakSanitizer")] // lent
    public async Task Auto_takes_what_tells_lost_memory_at_the_least_cost(string image, string engine)
    {
        (await TestEngine.RequireAsync(image)).Dispose();
        SkipUnlessHere(engine);
        SeenRun seen = await ContainerRuns.InImageAsync(image, ContainerRuns.Check("/app/leaky"));
        Assert.Equal(engine, seen.Run.Engine);
        AssertFound(seen, engine);
    }

    private static void AssertFound(SeenRun seen, string engine)
    {
        Assert.True(seen.Run.Verdict == Verdict.Leaks, $"{seen.Run.Verdict}: {seen.Run.VerdictReason}\n{string.Join('\n', seen.Warnings)}\n{seen.Error}");
        LeakReport report = Assert.Single(seen.Reports);
        // jemalloc rounds sizes up to its classes; objects are counted by all.
        bool isExact = engine != "Jemalloc";
        Assert.Equal(
            LeakyTruth.Leaks.Select(l => $"{l.Function} leaky.c:{l.Line} {l.Objects} {(isExact ? l.Bytes : 0)}").Order(StringComparer.Ordinal),
            report.Leaks.Where(l => isExact || LeakyTruth.Leaks.Any(p => p.Function == l.Function))
                .GroupBy(l => $"{l.Function} {Path.GetFileName(l.Location)}")
                .Select(g => $"{g.Key} {g.Sum(l => l.Objects)} {(isExact ? g.Sum(l => l.Bytes) : 0)}").Order(StringComparer.Ordinal));
    }

    private static void SkipUnlessHere(string engine)
    {
        string library = engine switch { "LeakSanitizer" => "liblsan.so.0", "Jemalloc" => "libjemalloc.so.2", _ => "libtcmalloc.so.4" };
        Assert.SkipUnless(File.Exists("/usr/lib/x86_64-linux-gnu/" + library), $"this machine has no {library} to lend");
    }
}
