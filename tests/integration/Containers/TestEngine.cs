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
/// A container engine for the tests: the one that runs (./build.sh test starts one for all suites); otherwise the one that images/dockerd.sh starts, once,
/// and stops at the end. Images are made once by images/build.sh. Where there is no engine and none can be had, tests skip and say why.
/// </summary>
internal static class TestEngine
{
    private static readonly SemaphoreSlim Gate = new(1, 1);
    private static readonly ConcurrentDictionary<string, Lazy<Task<string?>>> Made = new(StringComparer.Ordinal);
    private static string? missing;
    private static bool looked;

    /// <summary>The folder with the images' recipes and the test program's source.</summary>
    public static string ImageFolder { get; } = Path.Combine(Repository(), "tests", "integration", "images");

    private static string Script => Path.Combine(ImageFolder, "dockerd.sh");

    /// <summary>The process that the engine, and containers with <see cref="Label"/>, are for.</summary>
    public static string Owner { get; } = Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The label of containers that go at the end of the tests at the latest.</summary>
    public static string Label { get; } = "memtools-test=" + Owner;

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
        DockerAsync(["run", "-d", "--label", Label, .. options, "memtools-test/" + image, .. command]);

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
            await RunAsync(Script, ["stop", Owner], CancellationToken.None);
    }

    /// <summary>Null when an engine runs; otherwise why there is none.</summary>
    private static async Task<string?> StartAsync(CancellationToken cancellation)
    {
        if (!OperatingSystem.IsLinux())
            return "the tests' container engine is started on Linux only";
        (int code, string output) = await RunAsync(Script, ["start", Owner], cancellation);
        return code == 0 ? null : output.Trim();
    }

    private static string Repository()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "MemTools.slnx")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}
