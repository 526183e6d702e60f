using System.Text.Json;
using MemTools.Allocators;
using MemTools.Allocators.Provisioning;
using MemTools.Containers;
using MemTools.Containers.Provisioning;
using MemTools.Containers.Targets;
using MemTools.Reports.Errors;

namespace MemTools.IntegrationTests.Containers;

/// <summary>New images with an allocator, and libraries copied in where there is no package manager.</summary>
public sealed class ImageProvisioningTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string NewTag() => "t" + Guid.NewGuid().ToString("n");

    private static async Task<ContainerInstallResult> InstallAsync(string image, string tag, InstallRequest? request = null, ContainerOptions? options = null)
    {
        await using ContainerSession session = await ContainerSession.OpenImageAsync("memtools-test/" + image, options, cancellation: Token);
        return await ImageProvisioner.InstallAsync(request ?? new InstallRequest { Name = "tcmalloc" }, session, tag, options, cancellation: Token);
    }

    private static async Task<JsonElement> ConfigAsync(string image) =>
        JsonDocument.Parse(await TestEngine.DockerAsync("image", "inspect", "-f", "{{json .Config}}", image)).RootElement;

    [Fact]
    public async Task A_new_image_differs_by_the_package_and_a_label_alone()
    {
        (await TestEngine.RequireAsync("rpm:dnf")).Dispose();
        string source = "configured-" + NewTag();
        string made = await TestEngine.DockerAsync("create", "--label", TestEngine.Label, "memtools-test/rpm:dnf");
        await TestEngine.DockerAsync("commit", "-c", "ENTRYPOINT [\"/app/leaky\", \"--exit\", \"0\"]", "-c", "CMD [\"--echo\", \"x\"]", "-c", "ENV A=1", "-c", "WORKDIR /srv",
            "-c", "EXPOSE 80", "-c", "LABEL mine=\"1\"", "-c", "VOLUME /data", "-c", "USER 0", made, "memtools-test/" + source);
        await TestEngine.DockerAsync("rm", made);
        string tag = NewTag();
        ContainerInstallResult result = await InstallAsync(source, tag);
        Assert.Equal((InstallMethod.PackageManager, $"memtools-test/{source}:{tag}"), (result.Method, result.Image));
        JsonElement before = await ConfigAsync("memtools-test/" + source), after = await ConfigAsync(result.Image!);
        foreach (string property in (string[])["Entrypoint", "Cmd", "Env", "WorkingDir", "ExposedPorts", "StopSignal", "User", "Volumes", "OpenStdin", "Healthcheck"])
            Assert.Equal(Text(before, property), Text(after, property));
        Assert.Equal(["memtools-test", "memtools-test.recipe", "mine", "memtools.allocator"], after.GetProperty("Labels").EnumerateObject().Select(l => l.Name).OrderBy(n => n is "memtools.allocator").ThenBy(n => n, StringComparer.Ordinal));
        Assert.StartsWith("tcmalloc 2.10", after.GetProperty("Labels").GetProperty("memtools.allocator").GetString(), StringComparison.Ordinal);

        // The image's own command, checked.
        SeenRun seen = await ContainerRuns.InImageAsync($"{source}:{tag}", ContainerRuns.Check(""));
        ContainerRuns.AssertPlanted(seen);
        var error = await Assert.ThrowsAsync<MemToolsException>(() => InstallAsync(source, tag));
        Assert.Equal("ImageTagExists", error.ErrorId);
        await TestEngine.DockerAsync("rmi", result.Image!, "memtools-test/" + source);
        Assert.Equal("", await TestEngine.DockerAsync("ps", "-aq", "--filter", "name=memtools-install"));
    }

    [Fact]
    public async Task A_distroless_image_gets_a_copy_and_nothing_else()
    {
        (await TestEngine.RequireAsync("distroless:latest")).Dispose();
        Assert.SkipUnless(File.Exists("/usr/lib/x86_64-linux-gnu/libtcmalloc.so.4"), "this machine has no tcmalloc to copy");
        string tag = NewTag();
        ContainerInstallResult result = await InstallAsync("distroless:latest", tag);
        Assert.Equal(InstallMethod.Copy, result.Method);
        Assert.Equal(Capability.Supported, result.Install.Allocator.HeapCheck);
        string container = await TestEngine.DockerAsync("create", result.Image!);
        string[] changed = (await TestEngine.DockerAsync("history", "-q", result.Image!)).Split('\n');
        Assert.Equal(2, changed.Length);
        await TestEngine.DockerAsync("rm", container);
        SeenRun seen = await ContainerRuns.InImageAsync($"distroless:{tag}", ContainerRuns.Check("/app/leaky"));
        ContainerRuns.AssertPlanted(seen);
        Assert.Equal("65532", seen.Output.Split("uid ")[1].Trim());
        await TestEngine.DockerAsync("rmi", result.Image!);
    }

    [Fact]
    public async Task A_distroless_image_runs_with_a_lent_library()
    {
        (await TestEngine.RequireAsync("distroless:latest")).Dispose();
        Assert.SkipUnless(File.Exists("/usr/lib/x86_64-linux-gnu/libtcmalloc.so.4"), "this machine has no tcmalloc to lend");
        SeenRun seen = await ContainerRuns.InImageAsync("distroless:latest", ContainerRuns.Check(""));
        ContainerRuns.AssertPlanted(seen);
        Assert.Contains(seen.Warnings, w => w.Contains("lent", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_running_distroless_container_takes_a_copy()
    {
        (await TestEngine.RequireAsync("distroless:latest")).Dispose();
        Assert.SkipUnless(File.Exists("/usr/lib/x86_64-linux-gnu/libtcmalloc.so.4"), "this machine has no tcmalloc to copy");
        string id = await TestEngine.StartContainerAsync("distroless:latest", [], "--clean", "--sleep", "600");
        await using (ContainerSession session = await ContainerSession.OpenContainerAsync(id, cancellation: Token))
        {
            ContainerInstallResult result = await ContainerProvisioner.InstallAsync(new InstallRequest { Name = "tcmalloc" }, session, cancellation: Token);
            Assert.Equal(InstallMethod.Copy, result.Method);
            Assert.True((await ContainerProvisioner.InstallAsync(new InstallRequest { Name = "tcmalloc" }, session, cancellation: Token)).Install.AlreadyInstalled);
        }

        Assert.All((await TestEngine.DockerAsync("diff", id)).Split('\n'), line => Assert.Contains("/opt", line, StringComparison.Ordinal));
        ContainerRuns.AssertPlanted(await ContainerRuns.InContainerAsync(id, ContainerRuns.Check("/app/leaky")));
        await TestEngine.DockerAsync("rm", "-f", id);
    }

    [Theory]
    [InlineData("musl:latest", "AllocatorNotCompatible", "musl")]
    [InlineData("distroless:static", "AllocatorNotCompatible", "static")]
    public async Task What_cannot_be_preloaded_is_told(string image, string id, string word)
    {
        (await TestEngine.RequireAsync(image)).Dispose();
        Assert.SkipUnless(File.Exists("/usr/lib/x86_64-linux-gnu/libtcmalloc.so.4"), "this machine has no tcmalloc to copy");
        var error = await Assert.ThrowsAsync<MemToolsException>(() => InstallAsync(image, NewTag()));
        Assert.Equal(id, error.ErrorId);
        Assert.Contains(word, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_read_only_container_is_told()
    {
        (await TestEngine.RequireAsync("distroless:latest")).Dispose();
        Assert.SkipUnless(File.Exists("/usr/lib/x86_64-linux-gnu/libtcmalloc.so.4"), "this machine has no tcmalloc to copy");
        string id = await TestEngine.StartContainerAsync("distroless:latest", ["--read-only"], "--clean", "--sleep", "600");
        await using (ContainerSession session = await ContainerSession.OpenContainerAsync(id, cancellation: Token))
        {
            var error = await Assert.ThrowsAsync<MemToolsException>(() => ContainerProvisioner.InstallAsync(new InstallRequest { Name = "tcmalloc" }, session, cancellation: Token));
            Assert.Equal("ContainerReadOnly", error.ErrorId);
        }

        await TestEngine.DockerAsync("rm", "-f", id);
    }

    [Fact]
    public async Task An_image_without_a_tag_is_refused()
    {
        (await TestEngine.RequireAsync("debian:bookworm")).Dispose();
        await using ContainerSession session = await ContainerSession.OpenImageAsync("memtools-test/debian:bookworm", cancellation: Token);
        var error = await Assert.ThrowsAsync<MemToolsException>(() => ContainerProvisioner.InstallAsync(new InstallRequest { Name = "tcmalloc" }, session, cancellation: Token));
        Assert.Equal("ImageTagMissing", error.ErrorId);
    }

    private static string Text(JsonElement config, string property) => config.TryGetProperty(property, out JsonElement value) ? value.GetRawText() : "";
}
