using System.Globalization;

namespace MemTools.Build;

/// <summary>
/// The container engine of the suites: started once where none runs and that is allowed (tests/integration/images/dockerd.sh), ended with the task; after
/// Ctrl+C by the next run, which takes it over. Without one, tests in containers are skipped with the reason.
/// </summary>
internal sealed class ContainerEngine : IDisposable
{
    private static readonly string Script = Repository.InRoot("tests", "integration", "images", "dockerd.sh");

    private static readonly string Owner = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    private bool started;

    public void Start()
    {
        if (started || !OperatingSystem.IsLinux())
            return;
        started = true;
        AppDomain.CurrentDomain.ProcessExit += Stop;
        var (code, output) = Shell.Capture(Script, ["start", Owner], timeout: TimeSpan.FromMinutes(5));
        if (code != 0)
            Console.WriteLine($"containers: {output.Trim()}");
    }

    public void Dispose()
    {
        if (!started)
            return;
        AppDomain.CurrentDomain.ProcessExit -= Stop;
        Stop(null, EventArgs.Empty);
        started = false;
    }

    private static void Stop(object? sender, EventArgs e) => Shell.Capture(Script, ["stop", Owner], timeout: TimeSpan.FromMinutes(1));
}
