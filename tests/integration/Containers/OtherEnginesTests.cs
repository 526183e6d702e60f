using MemTools.Allocators.HeapCheck;
using MemTools.Containers.Engine;
using MemTools.Containers.Targets;
using MemTools.Reports.Model;

namespace MemTools.IntegrationTests.Containers;

/// <summary>Engines newer than Debian's own, and podman's imitation of the API: version, streams, archives, volumes and what is left behind.</summary>
public sealed class OtherEnginesTests
{
    private static readonly ContainerOptions Hardened = new()
    {
        ReadOnly = true, User = "65534", CapDrop = ["ALL"], SecurityOpt = ["no-new-privileges"], Tmpfs = ["/tmp"], Network = "none",
    };

    public static TheoryData<string> Kinds => ["docker trixie", "docker sid", "podman"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task The_newest_version_that_both_speak_is_spoken(string kind)
    {
        SideEngine engine = await SideEngine.RequireAsync(kind);
        using EngineClient client = await EngineClient.ConnectAsync(EndpointFinder.Find(engine.Host), Token);
        Assert.True(ApiVersion.TryParse(await engine.DockerAsync("version", "-f", "{{.Server.APIVersion}}"), out ApiVersion theirs));
        Assert.Equal(theirs < ApiVersion.Newest ? theirs : ApiVersion.Newest, client.Version);
        Assert.NotEmpty((await client.GetInfoAsync(Token)).ServerVersion);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task The_planted_leaks_are_found_in_an_image_and_nothing_is_left(string kind)
    {
        SideEngine engine = await SideEngine.RequireAsync(kind, "distroless:latest");
        Assert.SkipUnless(File.Exists("/usr/lib/x86_64-linux-gnu/libtcmalloc.so.4"), "this machine has no libtcmalloc.so.4 to lend");
        foreach (ContainerOptions? options in (ContainerOptions?[])[null, Hardened])
        {
            ContainerRuns.AssertPlanted(await ContainerRuns.InImageAsync(
                "distroless:latest", ContainerRuns.Check("/app/leaky") with { Engine = "Gperftools" }, options, host: engine.Host));
        }

        if (File.Exists("/usr/lib/x86_64-linux-gnu/liblsan.so.0"))
            ContainerRuns.AssertPlanted(await ContainerRuns.InImageAsync("distroless:latest", ContainerRuns.Check("/app/leaky") with { Engine = "LeakSanitizer" }, host: engine.Host));
        SeenRun clean = await ContainerRuns.InImageAsync(
            "distroless:latest", ContainerRuns.Check("/app/leaky", "--clean", "--exit", "5") with { Engine = "Gperftools" }, host: engine.Host);
        Assert.Equal((Verdict.Clean, 5), (clean.Run.Verdict, clean.Run.ExitCode));
        Assert.Equal("", await engine.DockerAsync("ps", "-aq", "--filter", "label=memtools.run"));
        Assert.Equal("", await engine.DockerAsync("volume", "ls", "-q"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_program_is_executed_in_a_running_container(string kind)
    {
        SideEngine engine = await SideEngine.RequireAsync(kind, "musl:latest");
        string id = await engine.DockerAsync("run", "-d", "--network", "none", "memtools-test/musl:latest", "sleep", "600");
        SeenRun seen = await ContainerRuns.InContainerAsync(
            id, ContainerRuns.Check("/app/leaky", "--clean", "--exit", "6") with { HeapCheck = HeapCheckMode.None }, host: engine.Host);
        Assert.Equal(6, seen.Run.ExitCode);
        Assert.Contains("leaky: pid ", seen.Output, StringComparison.Ordinal);
        Assert.Contains("leaky: done", seen.Error, StringComparison.Ordinal);
        await engine.DockerAsync("rm", "-f", id);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task The_planted_leaks_are_found_in_a_running_container(string kind)
    {
        SideEngine engine = await SideEngine.RequireAsync(kind, "small:allocators");
        foreach (string[] options in (string[][])[["--tmpfs", "/tmp"], ["--user", "65534", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]])
        {
            string id = await engine.DockerAsync(["run", "-d", "--network", "none", .. options, "memtools-test/small:allocators", "sleep", "600"]);
            foreach (string checker in (string[])["Gperftools", "LeakSanitizer", "Valgrind"])
                ContainerRuns.AssertPlanted(await ContainerRuns.InContainerAsync(id, ContainerRuns.Check("/app/leaky") with { Engine = checker }, host: engine.Host));
            await engine.DockerAsync("rm", "-f", id);
        }
    }
}
