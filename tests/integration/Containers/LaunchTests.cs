using MemTools.Allocators;
using MemTools.Allocators.Launch;
using MemTools.Containers;
using MemTools.Containers.Targets;
using MemTools.Reports.Errors;
using MemTools.Reports.Model;

namespace MemTools.IntegrationTests.Containers;

/// <summary>Programs launched in containers and images: verdict, reports, functions and lines; and nothing left behind.</summary>
public sealed class LaunchTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Finds_the_leaks_in_an_image()
    {
        (await TestEngine.RequireAsync("debian:allocators")).Dispose();
        SeenRun seen = await ContainerRuns.InImageAsync("debian:allocators", ContainerRuns.Check("/app/leaky", "--echo", "a b", "ü") with { Engine = "Gperftools" });
        ContainerRuns.AssertPlanted(seen);
        Assert.Equal("image:memtools-test/debian:allocators", seen.Run.Target);
        // What the program had not flushed is lost: the checker ends it by _exit.
        Assert.Equal("leaky: pid 1 uid 0\n", seen.Output);
        Assert.Equal("leaky: done\n", seen.Error);
        Assert.Equal(1, seen.Run.ExitCode);
        Assert.Equal("", await TestEngine.DockerAsync("ps", "-aq", "--filter", "label=memtools.run=" + seen.Run.Id));
    }

    [Fact]
    public async Task A_clean_program_is_clean_and_keeps_its_exit_code()
    {
        (await TestEngine.RequireAsync("debian:allocators")).Dispose();
        SeenRun seen = await ContainerRuns.InImageAsync("debian:allocators", ContainerRuns.Check("/app/leaky", "--clean", "--exit", "5", "--echo", "a b", "ü"));
        Assert.Equal((Verdict.Clean, 5), (seen.Run.Verdict, seen.Run.ExitCode));
        Assert.Equal("leaky: pid 1 uid 0\n[a b][ü]\n", seen.Output);
    }

    [Fact]
    public async Task Finds_the_leaks_in_a_running_container_and_leaves_it_as_it_was()
    {
        (await TestEngine.RequireAsync("debian:allocators")).Dispose();
        string id = await TestEngine.StartContainerAsync("debian:allocators", ["-e", "LEAKY_GREETING=hello", "-w", "/app"], "sleep", "600");
        SeenRun seen = await ContainerRuns.InContainerAsync(id, ContainerRuns.Check("./leaky"));
        ContainerRuns.AssertPlanted(seen);
        Assert.StartsWith("greeting: hello\nleaky: pid ", seen.Output, StringComparison.Ordinal);
        Assert.Equal("leaky: done\n", seen.Error);
        Assert.Equal("", await TestEngine.DockerAsync("exec", id, "find", "/tmp", "-mindepth", "1"));
        Assert.Equal("", string.Join(' ', (await TestEngine.DockerAsync("diff", id)).Split('\n').Where(l => l.Length > 0 && !l.EndsWith("/tmp", StringComparison.Ordinal))));
        await TestEngine.DockerAsync("rm", "-f", id);
    }

    [Theory]
    [InlineData("a plain container")]
    [InlineData("a tmpfs /tmp", "--tmpfs", "/tmp")]
    [InlineData("a read-only root with tmpfs", "--read-only", "--tmpfs", "/tmp")]
    [InlineData("another user, nothing allowed", "--user", "65534:65534", "--cap-drop", "ALL", "--security-opt", "no-new-privileges")]
    [InlineData("a read-only root and only /dev/shm to write", "--read-only", "--user", "1234")]
    public async Task Running_containers_of_all_kinds_give_their_reports(string kind, params string[] options)
    {
        Assert.NotEmpty(kind);
        (await TestEngine.RequireAsync("debian:allocators")).Dispose();
        string id = await TestEngine.StartContainerAsync("debian:allocators", options, "sleep", "600");
        ContainerRuns.AssertPlanted(await ContainerRuns.InContainerAsync(id, ContainerRuns.Check("/app/leaky")));
        await TestEngine.DockerAsync("rm", "-f", id);
    }

    public static TheoryData<string> Hardenings => ["none", "read-only", "tmpfs", "user", "everything"];

    [Theory]
    [MemberData(nameof(Hardenings))]
    public async Task Hardened_images_give_their_reports(string kind)
    {
        (await TestEngine.RequireAsync("debian:allocators")).Dispose();
        ContainerOptions options = kind switch
        {
            "read-only" => new ContainerOptions { ReadOnly = true },
            "tmpfs" => new ContainerOptions { Tmpfs = ["/tmp"] },
            "user" => new ContainerOptions { User = "1234:1234" },
            "everything" => new ContainerOptions
            {
                ReadOnly = true, User = "65534", CapDrop = ["ALL"], SecurityOpt = ["no-new-privileges"], Tmpfs = ["/tmp"], Network = "none", Memory = 256 << 20, CpuCount = 1,
            },
            _ => new ContainerOptions { Init = true },
        };
        ContainerRuns.AssertPlanted(await ContainerRuns.InImageAsync("debian:allocators", ContainerRuns.Check("/app/leaky"), options));
    }

    [Fact]
    public async Task Without_a_report_directory_the_reason_is_told()
    {
        (await TestEngine.RequireAsync("distroless:latest")).Dispose();
        string id = await TestEngine.StartContainerAsync("distroless:latest", ["--read-only"], "--clean", "--sleep", "600");
        var error = await Assert.ThrowsAsync<MemToolsException>(
            () => ContainerRuns.InContainerAsync(id, ContainerRuns.Check("/app/leaky") with { AllowUnchecked = true, Allocator = "ptmalloc" }));
        Assert.Equal("ContainerNoReportDirectory", error.ErrorId);
        await TestEngine.DockerAsync("rm", "-f", id);
    }

    [Fact]
    public async Task Input_reaches_the_program()
    {
        (await TestEngine.RequireAsync("debian:bookworm")).Dispose();
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, new string('x', 200_000), Token);
        LaunchRequest request = new() { FilePath = "wc", Arguments = ["-c"u8.ToArray()], StandardInputPath = file };
        Assert.Equal("200000\n", (await ContainerRuns.InImageAsync("debian:bookworm", request)).Output);
        string id = await TestEngine.StartContainerAsync("debian:bookworm", [], "sleep", "600");
        Assert.Equal("200000\n", (await ContainerRuns.InContainerAsync(id, request)).Output);
        await TestEngine.DockerAsync("rm", "-f", id);
        File.Delete(file);
    }

    [Fact]
    public async Task Environment_is_the_images_with_changes_and_removals()
    {
        (await TestEngine.RequireAsync("debian:bookworm")).Dispose();
        string image = "environment-" + Guid.NewGuid().ToString("n");
        string made = await TestEngine.DockerAsync("create", "--label", TestEngine.Label, "memtools-test/debian:bookworm");
        await TestEngine.DockerAsync("commit", "-c", "ENV KEEP=1 CHANGE=2 DROP=3", made, "memtools-test/" + image);
        LaunchRequest request = new()
        {
            FilePath = "sh", Arguments = ["-c"u8.ToArray(), "echo ${KEEP-no} ${CHANGE-no} ${DROP-no} ${NEW-no}"u8.ToArray()],
            Environment = new Dictionary<string, string?> { ["CHANGE"] = "two", ["DROP"] = null, ["NEW"] = "n e w" },
        };
        Assert.Equal("1 two no n e w\n", (await ContainerRuns.InImageAsync(image, request)).Output);
        string id = await TestEngine.DockerAsync("run", "-d", "--label", TestEngine.Label, "memtools-test/" + image, "sleep", "600");
        Assert.Equal("1 two no n e w\n", (await ContainerRuns.InContainerAsync(id, request)).Output);
        await TestEngine.DockerAsync("rm", "-f", id, made);
        await TestEngine.DockerAsync("rmi", "memtools-test/" + image);
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_told_before_anything_is_made()
    {
        (await TestEngine.RequireAsync("debian:allocators")).Dispose();
        var error = await Assert.ThrowsAsync<MemToolsException>(() => ContainerRuns.InImageAsync("debian:allocators", ContainerRuns.Check("/app/nothing")));
        Assert.Equal("ProgramNotFound", error.ErrorId);
    }

    [Fact]
    public async Task A_command_that_is_cancelled_ends_in_the_container()
    {
        (await TestEngine.RequireAsync("debian:bookworm")).Dispose();
        string id = await TestEngine.StartContainerAsync("debian:bookworm", [], "sleep", "600");
        await using (ContainerSession session = await ContainerSession.OpenContainerAsync(id, cancellation: Token))
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
            var request = new CommandRequest("sh", ["-c", "echo up; sleep 4321; echo never"], OnLine: line => _ = line == "up" ? stop.CancelAsync() : null);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => session.Target.RunAsync(request, stop.Token));
        }

        Assert.DoesNotContain("4321", await TestEngine.DockerAsync("top", id, "-eo", "pid,args"), StringComparison.Ordinal);
        await TestEngine.DockerAsync("rm", "-f", id);
    }
}
