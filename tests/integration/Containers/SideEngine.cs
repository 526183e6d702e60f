using System.Collections.Concurrent;
using System.Diagnostics;

namespace MemTools.IntegrationTests.Containers;

/// <summary>
/// Another engine beside the machine's own, with its own data, socket and network namespace: Docker of a newer Debian suite, unpacked by images/engine.sh, or
/// podman's service. Started once per kind, stopped at the end. Test images are handed over from the machine's engine.
/// </summary>
internal sealed class SideEngine
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<(SideEngine? Engine, string Problem)>>> Started = new(StringComparer.Ordinal);

    private readonly string folder = Directory.CreateTempSubdirectory("mt-engine-").FullName;
    private readonly ConcurrentDictionary<string, Lazy<Task<string?>>> loaded = new(StringComparer.Ordinal);
    private Process? service;
    private string command = "";

    /// <summary>Its address, as DOCKER_HOST takes it.</summary>
    public string Host => "unix://" + Socket;

    private string Socket => Path.Combine(folder, "s");

    /// <summary>The engine with these images in it; skips the test when that cannot be.</summary>
    /// <param name="kind"><c>podman</c>, or <c>docker</c> and the suite that it is taken from.</param>
    /// <param name="images">Of memtools-test.</param>
    public static async Task<SideEngine> RequireAsync(string kind, params string[] images)
    {
        (await TestEngine.RequireAsync(images)).Dispose();
        (SideEngine? engine, string problem) = await Started.GetOrAdd(kind, static k => new Lazy<Task<(SideEngine?, string)>>(() => StartAsync(k))).Value;
        Assert.SkipWhen(engine is null, problem);
        foreach (string image in images)
        {
            string? refused = await engine!.loaded.GetOrAdd(image, static (i, e) => new Lazy<Task<string?>>(() => e.LoadAsync(i)), engine).Value;
            Assert.True(refused is null, refused);
        }

        return engine!;
    }

    /// <summary>docker's own command line, talking to this engine.</summary>
    public Task<string> DockerAsync(params string[] arguments) => TestEngine.DockerAsync(["-H", Host, .. arguments]);

    /// <summary>Ends it as a crash would; containers go on running.</summary>
    public async Task KillAsync()
    {
        service!.Kill();
        await service.WaitForExitAsync();
    }

    /// <summary>Starts it again over the same data.</summary>
    public async Task RestartAsync() => Assert.Null(await ServeAsync(command));

    public static async Task StopAllAsync()
    {
        foreach (Lazy<Task<(SideEngine? Engine, string Problem)>> started in Started.Values)
        {
            if (started.IsValueCreated && (await started.Value).Engine is { } engine)
                await engine.StopAsync();
        }
    }

    private static async Task<(SideEngine? Engine, string Problem)> StartAsync(string kind)
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
            return (null, "only root on Linux can start another engine");
        var engine = new SideEngine();
        string? problem = kind == "podman" ? await engine.StartPodmanAsync() : await engine.StartDockerAsync(kind.Split(' ', ',')[1]);
        if (problem is null)
            return (engine, "");
        await engine.StopAsync();
        return (null, $"{kind} cannot be had: {problem}");
    }

    private async Task<string?> StartDockerAsync(string suite)
    {
        (int code, string output) = await TestEngine.RunAsync(Path.Combine(TestEngine.ImageFolder, "engine.sh"), [suite], CancellationToken.None);
        if (code != 0)
            return output;
        string root = output.Trim();
        return await ServeAsync(
            $"PATH={root}/usr/sbin:{root}/usr/bin:$PATH exec unshare -n dockerd --data-root {folder}/data --exec-root {folder}/exec --pidfile {folder}/pid -H {Host}");
    }

    private async Task<string?> StartPodmanAsync()
    {
        if (!File.Exists("/usr/bin/podman"))
        {
            if (!File.Exists("/usr/bin/apt-get"))
                return "there is no apt-get to install it with";
            (int code, string output) = await TestEngine.RunAsync(
                "apt-get", ["-o", "DPkg::Lock::Timeout=300", "install", "-y", "-q", "--no-install-recommends", "podman"], CancellationToken.None);
            if (code != 0)
                return output;
        }

        // Where the machine may not raise limits, podman's own default cannot be set.
        string settings = Path.Combine(folder, "containers.conf");
        await File.WriteAllTextAsync(settings, "[containers]\ndefault_ulimits=[\"nofile=1024:1024\",\"nproc=1024:1024\"]\n");
        return await ServeAsync($"CONTAINERS_CONF={settings} exec podman --root {folder}/data --runroot {folder}/exec system service -t 0 {Host}");
    }

    private async Task<string?> ServeAsync(string serve)
    {
        command = serve;
        string log = Path.Combine(folder, "log");
        service = Process.Start(new ProcessStartInfo("sh", ["-c", $"exec >>{log} 2>&1 </dev/null; {command}"]))!;
        for (int i = 0; i < 300 && !service.HasExited; i++)
        {
            if (File.Exists(Socket) && (await TestEngine.RunAsync("docker", ["-H", Host, "version"], CancellationToken.None)).Code == 0)
                return null;
            await Task.Delay(100);
        }

        return "it does not answer: " + string.Join('\n', File.ReadLines(log).TakeLast(5));
    }

    /// <summary>Null, or what the engine said.</summary>
    private async Task<string?> LoadAsync(string image)
    {
        (int code, string output) = await TestEngine.RunAsync("sh", ["-c", $"docker save memtools-test/{image} | docker -H {Host} load"], CancellationToken.None);
        return code == 0 ? null : output;
    }

    private async Task StopAsync()
    {
        if (service is not null)
        {
            if (!service.HasExited)
            {
                (_, string left) = await TestEngine.RunAsync("docker", ["-H", Host, "ps", "-aq"], CancellationToken.None);
                if (left.Split('\n', StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } ids)
                    await TestEngine.RunAsync("docker", ["-H", Host, "rm", "-fv", .. ids], CancellationToken.None);
                await TestEngine.RunAsync("kill", [service.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)], CancellationToken.None);
                await service.WaitForExitAsync();
            }

            service.Dispose();
        }

        // A killed dockerd leaves its containerd, podman its storage mounted.
        await TestEngine.RunAsync("sh", ["-c", $"kill $(cat {folder}/exec/containerd/containerd.pid) 2>/dev/null; grep -o ' {folder}/[^ ]*' /proc/self/mounts | sort -r | xargs -r umount -l; rm -rf --one-file-system {folder}"], CancellationToken.None);
    }
}
