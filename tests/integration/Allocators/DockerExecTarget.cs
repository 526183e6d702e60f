using MemTools.Allocators;

namespace MemTools.IntegrationTests.Allocators;

/// <summary>A running container through docker's command line: a target that shares no code with the engine's client.</summary>
internal sealed class DockerExecTarget(string container, string folder, string user = "root") : ITarget
{
    private readonly Dictionary<string, string?> files = [];

    public string Name => "container:" + container;

    public string Architecture => LocalTarget.Instance.Architecture;

    public bool IsRoot => user == "root";

    public bool Exists(string path) => Run("test", "-f", path).ExitCode == 0;

    public string? Fetch(string path, CancellationToken cancellation)
    {
        lock (files)
        {
            // A file that is not there may come.
            if (files.GetValueOrDefault(path) is { } known)
            {
                return known;
            }

            var copy = Path.Combine(folder, Guid.NewGuid().ToString("n"));
            var done = LocalTarget.Instance.RunAsync(new CommandRequest("docker", ["cp", "-L", $"{container}:{path}", copy]), cancellation).GetAwaiter().GetResult();
            return files[path] = done.ExitCode == 0 && File.Exists(copy) ? copy : null;
        }
    }

    public IReadOnlyList<string> List(string directory) => [.. Run("ls", "-A", directory).StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries)];

    public string? FindProgram(string name) =>
        Run("sh", "-c", "command -v -- \"$1\"", "sh", name) is { ExitCode: 0 } found ? found.StandardOutput.Trim() : null;

    public async Task<CommandResult> RunAsync(CommandRequest request, CancellationToken cancellation)
    {
        var unset = request.Environment?.Where(e => e.Value is null).SelectMany(e => new[] { "-u", e.Key }) ?? [];
        var set = request.Environment?.Where(e => e.Value is not null).Select(e => $"{e.Key}={e.Value}") ?? [];
        string[] place = request.WorkingDirectory is null ? [] : ["-w", request.WorkingDirectory];
        var result = await LocalTarget.Instance.RunAsync(
            new CommandRequest(
                "docker", ["exec", "-u", user, .. place, container, "env", .. unset, .. set, request.FileName, .. request.Arguments],
                OnLine: request.OnLine, CaptureLimit: request.CaptureLimit),
            cancellation);

        // Tests of a dying engine may run on the same one.
        string[] gone = ["is not running", "No such container", "Cannot connect to the Docker daemon"];
        Assert.SkipWhen(gone.Any(g => result.StandardError.Contains(g, StringComparison.Ordinal)), $"the engine or its container was ended by others: {result.StandardError.Trim()}");
        return result;
    }

    public Task<ITargetProcess> StartAsync(ProcessStart start, CancellationToken cancellation) => throw new NotSupportedException();

    private CommandResult Run(string program, params string[] arguments) => RunAsync(new CommandRequest(program, arguments), default).GetAwaiter().GetResult();
}
