using MemTools.Allocators;

namespace MemTools.IntegrationTests.Allocators;

/// <summary>This machine without some files: what a machine would be on which they are not installed.</summary>
/// <param name="hidden">True for the paths that are not there.</param>
internal sealed class HidingTarget(Func<string, bool> hidden) : ITarget
{
    public string Name => "local";

    public string Architecture => LocalTarget.Instance.Architecture;

    public bool IsRoot { get; init; } = LocalTarget.Instance.IsRoot;

    /// <summary>Changes a command before it runs; null to run it as it is.</summary>
    public Func<CommandRequest, CommandRequest>? Rewrite { get; init; }

    public bool Exists(string path) => !hidden(path) && LocalTarget.Instance.Exists(path);

    public string? Fetch(string path, CancellationToken cancellation) => hidden(path) ? null : LocalTarget.Instance.Fetch(path, cancellation);

    public Task<CommandResult> RunAsync(CommandRequest request, CancellationToken cancellation) =>
        LocalTarget.Instance.RunAsync(Rewrite?.Invoke(request) ?? request, cancellation);

    public Task<ITargetProcess> StartAsync(ProcessStart start, CancellationToken cancellation) => LocalTarget.Instance.StartAsync(start, cancellation);

    public IReadOnlyList<string> List(string directory) => [.. LocalTarget.Instance.List(directory).Where(n => !hidden($"{directory}/{n}"))];

    public string? FindProgram(string name) => LocalTarget.Instance.FindProgram(name) is { } path && !hidden(path) ? path : null;
}
