using System.Diagnostics;
using System.Text.Json;
using MemTools.IntegrationTests.Cli;

namespace MemTools.IntegrationTests.Containers;

/// <summary>The built command on the real engine, as a user types it.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly CommandProcess memtools = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => memtools.Dispose();

    private static async Task NeedAsync(string image)
    {
        CommandProcess.Need();
        (await TestEngine.RequireAsync(image)).Dispose();
    }

    private static void AssertTable(string error)
    {
        Assert.Contains($"Leaks: {LeakyTruth.Bytes:N0} bytes", error, StringComparison.Ordinal);
        foreach (PlantedLeak leak in LeakyTruth.Leaks)
        {
            string row = Assert.Single(error.Split('\n'), line => line.Contains($" {leak.Function} ", StringComparison.Ordinal));
            Assert.EndsWith($"/leaky.c:{leak.Line}", row, StringComparison.Ordinal);
            Assert.Contains($" {leak.Objects} ", row, StringComparison.Ordinal);
            Assert.StartsWith($"{leak.Bytes:N0}", row.TrimStart(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("rpm:dnf", "dnf")]
    [InlineData("rpm:dnf5", "dnf5")]
    public async Task Installs_by_the_containers_own_manager_and_checks_there(string image, string manager)
    {
        await NeedAsync(image);
        string id = await TestEngine.StartContainerAsync(image, [], "sleep", "600");
        var (planned, plan, _) = await memtools.RunAsync(["install", "tcmalloc", "--container", id, "--what-if"]);
        Assert.Equal(0, planned);
        Assert.Contains($"{manager} ", plan, StringComparison.Ordinal);
        Assert.NotEqual(0, (await TestEngine.RunAsync("docker", ["exec", id, "rpm", "-q", "gperftools-libs"], Token)).Code);
        var (installed, _, problem) = await memtools.RunAsync(["install", "tcmalloc", "--container", id]);
        Assert.True(installed == 0, problem);
        Assert.StartsWith("gperftools-libs-2.10", await TestEngine.DockerAsync("exec", id, "rpm", "-q", "gperftools-libs"), StringComparison.Ordinal);

        var (code, output, error) = await memtools.RunAsync(["run", "--container", id, "--heap-check", "normal", "--", "/app/leaky"]);
        Assert.Equal(1, code);
        Assert.StartsWith("leaky: pid ", output, StringComparison.Ordinal);
        AssertTable(error);
        await TestEngine.DockerAsync("rm", "-f", id);
    }

    [Fact]
    public async Task Runs_an_image_with_what_a_docker_user_asks_for()
    {
        await NeedAsync("debian:allocators");
        string folder = Directory.CreateDirectory(Path.Combine(memtools.Folder, "data")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "in"), "from outside\n", Token);
        string[] options =
        [
            "--environment", "GREETING=hello", "--volume", $"{folder}:/data:ro", "--user", "1234:1234", "--network", "none", "--memory", "256m", "--cpus", "1",
            "--pull", "never", "--read-only", "--tmpfs", "/scratch", "--cap-drop", "ALL", "--security-opt", "no-new-privileges",
        ];
        const string script = "cat /data/in; id -u; echo $GREETING; ls /sys/class/net; touch /scratch/x && echo memory; touch /x 2>/dev/null || echo read-only; touch /data/y 2>/dev/null || echo no; grep -E 'CapEff|NoNewPrivs' /proc/self/status; exit 9";
        var (code, output, error) = await memtools.RunAsync(["run", "--image", "memtools-test/debian:allocators", .. options, "--allocator", "ptmalloc", "--", "/bin/sh", "-c", script]);
        Assert.True(code == 9, error);
        Assert.Equal("from outside\n1234\nhello\nlo\nmemory\nread-only\nno\nCapEff:\t0000000000000000\nNoNewPrivs:\t1\n", output);
    }

    [Fact]
    public async Task Adds_no_capability_of_its_own_and_keeps_a_container_when_asked()
    {
        await NeedAsync("debian:allocators");
        var (code, json, error) = await memtools.RunAsync(["run", "--image", "memtools-test/debian:allocators", "--keep", "--heap-check", "normal", "--format", "json", "--", "/app/leaky", "--clean"]);
        Assert.True(code == 0, error);
        using var run = JsonDocument.Parse(json);
        string id = await TestEngine.DockerAsync("ps", "-aq", "--filter", "label=memtools.run=" + run.RootElement.GetProperty("id").GetString());
        Assert.NotEqual("", id);
        Assert.Equal("[] [] false", await TestEngine.DockerAsync("inspect", "-f", "{{.HostConfig.CapAdd}} {{.HostConfig.SecurityOpt}} {{.HostConfig.Privileged}}", id));
        await TestEngine.DockerAsync("rm", "-fv", id);
    }

    [Fact]
    public async Task Names_the_error_of_what_is_not_there()
    {
        await NeedAsync("debian:allocators");
        var (code, _, error) = await memtools.RunAsync(["run", "--container", "memtools-no-such", "--", "/bin/true"]);
        Assert.Equal(3, code);
        Assert.Contains("ContainerNotFound", error, StringComparison.Ordinal);
        (code, _, error) = await memtools.RunAsync(["run", "--image", "memtools-no-such", "--pull", "never", "--", "/bin/true"]);
        Assert.Equal(3, code);
        Assert.Contains("ImageNotFound", error, StringComparison.Ordinal);
        (code, _, error) = await memtools.RunAsync(["run", "--image", "x", "--", "/bin/true"], environment: new Dictionary<string, string> { ["DOCKER_HOST"] = $"unix://{memtools.Folder}/none" });
        Assert.Equal(3, code);
        Assert.Contains("ContainerEngineUnreachable", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_signal_ends_the_run_and_removes_its_container(string signal)
    {
        await NeedAsync("debian:allocators");
        using Process process = memtools.Start(["run", "--image", "memtools-test/debian:allocators", "--heap-check", "normal", "--", "/app/leaky", "--sleep", "600"]);
        string id = await ContainerOfAsync(process);
        // Process 1 of a container takes no signal that it has no handler for: a second one kills it. Two that are pending at once are one.
        for (int i = 0; i < 60 && !process.HasExited; i++)
        {
            await TestEngine.RunAsync("kill", ["-" + signal, process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)], Token);
            await Task.WhenAny(process.WaitForExitAsync(Token), Task.Delay(1000, Token));
        }

        Assert.True(process.HasExited);
        Assert.NotEqual(0, process.ExitCode);
        Assert.NotEqual(0, (await TestEngine.RunAsync("docker", ["inspect", id], Token)).Code);
    }

    [Fact]
    public async Task What_a_killed_memtools_left_is_removed_by_the_next_run()
    {
        await NeedAsync("debian:allocators");
        using Process process = memtools.Start(["run", "--image", "memtools-test/debian:allocators", "--heap-check", "normal", "--", "/app/leaky", "--sleep", "600"]);
        string id = await ContainerOfAsync(process);
        process.Kill();
        await process.WaitForExitAsync(Token);
        string volume = await TestEngine.DockerAsync("inspect", "-f", "{{range .Mounts}}{{.Name}} {{end}}", id);
        Assert.NotEqual("", volume);
        await memtools.RunAsync(["run", "--image", "memtools-test/debian:allocators", "--heap-check", "normal", "--", "/app/leaky", "--clean"]);
        Assert.NotEqual(0, (await TestEngine.RunAsync("docker", ["inspect", id], Token)).Code);
        Assert.NotEqual(0, (await TestEngine.RunAsync("docker", ["volume", "inspect", .. volume.Split(' ')], Token)).Code);
    }

    // No folder of the engine is looked into then: reports and libraries go by archive.
    [Theory]
    [InlineData("debian:allocators", "--user", "1234")]
    [InlineData("distroless:latest")]
    public async Task An_engine_over_TLS_is_used_with_certificates_and_refused_without(string image, params string[] options)
    {
        await NeedAsync(image);
        Assert.SkipUnless(Environment.GetEnvironmentVariable("DOCKER_HOST") is null && File.Exists("/var/run/docker.sock"), "the engine is not at /var/run/docker.sock");
        string folder = Directory.CreateDirectory(Path.Combine(memtools.Folder, "certificates")).FullName;
        await using var front = new TlsFront(folder);
        var environment = new Dictionary<string, string> { ["DOCKER_HOST"] = front.Host, ["DOCKER_TLS_VERIFY"] = "1", ["DOCKER_CERT_PATH"] = folder };
        string[] run = ["run", "--image", "memtools-test/" + image, .. options, "--engine", "gperftools", "--heap-check", "normal", "--", "/app/leaky"];
        var (code, _, error) = await memtools.RunAsync(run, environment: environment);
        Assert.True(code == 1, error);
        AssertTable(error);

        File.Delete(Path.Combine(folder, "cert.pem"));
        (code, _, error) = await memtools.RunAsync(run, environment: environment);
        Assert.Equal(3, code);
        Assert.Contains("ContainerEngine", error, StringComparison.Ordinal);
        File.Delete(Path.Combine(folder, "ca.pem")); // an authority that nobody trusts
        (code, _, error) = await memtools.RunAsync(run, environment: environment);
        Assert.Equal(3, code);
        Assert.Contains("ContainerEngine", error, StringComparison.Ordinal);
    }

    /// <summary>The container that a started command made, once its program runs.</summary>
    private static async Task<string> ContainerOfAsync(Process process)
    {
        // Said by the program when it is up.
        Assert.StartsWith("leaky: pid ", await process.StandardOutput.ReadLineAsync(Token) ?? "", StringComparison.Ordinal);
        string mine = $"|{process.Id}|";
        string[] all = (await TestEngine.DockerAsync("ps", "-q", "--filter", "label=memtools.run")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (string id in all)
        {
            if ((await TestEngine.DockerAsync("inspect", "-f", "{{index .Config.Labels \"memtools.owner\"}}", id)).Contains(mine, StringComparison.Ordinal))
                return id;
        }

        Assert.Fail("the run has no container");
        return "";
    }
}
