using System.Collections.Concurrent;
using System.Diagnostics;
using MemTools.Containers.Engine;
using MemTools.IntegrationTests.Containers;

[assembly: AssemblyFixture(typeof(EngineFixture))]

namespace MemTools.IntegrationTests.Containers;

/// <summary>Stops the engine that the tests started, and removes what they left.</summary>
public sealed class EngineFixture : IAsyncDisposable
{
    public ValueTask DisposeAsync() => TestEngine.StopAsync();
}

/// <summary>
/// A container engine for the tests: the one that runs; otherwise, for root on Debian and its kin, dockerd from the package docker.io, started once and stopped
/// at the end. Images are made once by images/build.sh. Where there is no engine and none can be had, tests skip and say why.
/// </summary>
internal static class TestEngine
{
    private const string Socket = "/var/run/docker.sock";
    private const string PidFile = "/run/memtools-test-docker.pid";

    private static readonly SemaphoreSlim Gate = new(1, 1);
    private static readonly ConcurrentDictionary<string, Lazy<Task<string?>>> Made = new(StringComparer.Ordinal);
    private static Process? daemon;
    private static string? missing;
    private static bool looked;

    /// <summary>The folder with the images' recipes and the test program's source.</summary>
    public static string ImageFolder { get; } = Path.Combine(Repository(), "tests", "integration", "images");

    /// <summary>Connects to the engine with these images of memtools-test in it; skips the test when that cannot be.</summary>
    public static async Task<EngineClient> RequireAsync(params string[] images)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await Gate.WaitAsync(cancellation);
        try
        {
            if (!looked)
            {
                looked = true;
                missing = await StartAsync(cancellation);
            }

            Assert.SkipWhen(missing is not null, missing ?? "");
        }
        finally
        {
            Gate.Release();
        }

        foreach (string image in images)
        {
            string? problem = await Made.GetOrAdd(image, static name => new Lazy<Task<string?>>(() => MakeAsync(name))).Value.WaitAsync(cancellation);
            Assert.SkipWhen(problem is not null, $"the image {image} could not be made: {problem}");
        }

        return await EngineClient.ConnectAsync(EndpointFinder.Find(null), cancellation);
    }

    /// <summary>Null when the image is there; otherwise what its recipe said. Not cancelled by one of the tests that wait for it.</summary>
    private static async Task<string?> MakeAsync(string image)
    {
        (int code, string output) = await RunAsync(Path.Combine(ImageFolder, "build.sh"), [image], CancellationToken.None);
        return code == 0 ? null : output;
    }

    /// <summary>docker's own command line: the tests' witness.</summary>
    public static async Task<string> DockerAsync(params string[] arguments)
    {
        (int code, string output) = await RunAsync("docker", arguments, TestContext.Current.CancellationToken);
        Assert.True(code == 0, $"docker {string.Join(' ', arguments)}: {output}");
        return output.Trim();
    }

    /// <summary>Starts a container of a test image in the background; removed by <see cref="StopAsync"/> at the latest.</summary>
    public static Task<string> StartContainerAsync(string image, string[] options, params string[] command) =>
        DockerAsync(["run", "-d", "--label", "memtools-test=1", .. options, "memtools-test/" + image, .. command]);

    public static async Task<(int Code, string Output)> RunAsync(string program, string[] arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellation);
        Task<string> error = process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return (process.ExitCode, process.ExitCode == 0 ? await output : await output + await error);
    }

    public static async ValueTask StopAsync()
    {
        await SideEngine.StopAllAsync();
        if (looked && missing is null)
        {
            (_, string left) = await RunAsync("docker", ["ps", "-aq", "--filter", "label=memtools-test"], CancellationToken.None);
            string[] ids = left.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if (ids.Length > 0)
                await RunAsync("docker", ["rm", "-fv", .. ids], CancellationToken.None);
        }

        if (daemon is null)
            return;
        await RunAsync("kill", [(await File.ReadAllTextAsync(PidFile)).Trim()], CancellationToken.None);
        await daemon.WaitForExitAsync();
        daemon.Dispose();
        daemon = null;
    }

    /// <summary>Null when an engine runs; otherwise why there is none.</summary>
    private static async Task<string?> StartAsync(CancellationToken cancellation)
    {
        if (await PingsAsync(cancellation))
            return null;
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
            return "no container engine answers, and only root on Linux can start one here";
        if (!File.Exists("/usr/sbin/dockerd"))
        {
            if (!File.Exists("/usr/bin/apt-get"))
                return "no container engine answers, and there is no apt-get to install docker.io with";
            string[] install = ["-o", "DPkg::Lock::Timeout=300", "install", "-y", "-q", "--no-install-recommends", "docker.io", "mmdebstrap"];
            await RunAsync("apt-get", ["update", "-q"], cancellation);
            (int code, string output) = await RunAsync("apt-get", install, cancellation);
            if (code != 0)
                return "docker.io could not be installed: " + output;
        }

        var start = new ProcessStartInfo("/usr/sbin/dockerd", ["--pidfile", PidFile, "--mtu", "1400"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        daemon = Process.Start(start)!;
        daemon.OutputDataReceived += (_, _) => { };
        daemon.ErrorDataReceived += (_, _) => { };
        daemon.BeginOutputReadLine();
        daemon.BeginErrorReadLine();
        for (int i = 0; i < 300 && !daemon.HasExited; i++)
        {
            if (await PingsAsync(cancellation))
                return null;
            await Task.Delay(100, cancellation);
        }

        return "dockerd was started but does not answer";
    }

    private static async Task<bool> PingsAsync(CancellationToken cancellation)
    {
        if (!File.Exists(Socket) && Environment.GetEnvironmentVariable("DOCKER_HOST") is null)
            return false;
        try
        {
            using EngineClient client = await EngineClient.ConnectAsync(EndpointFinder.Find(null), cancellation);
            return true;
        }
        catch (MemTools.Reports.Errors.MemToolsException)
        {
            return false;
        }
    }

    private static string Repository()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "MemTools.slnx")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}
