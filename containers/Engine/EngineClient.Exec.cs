using MemTools.Containers.Engine.Wire;

namespace MemTools.Containers.Engine;

/// <content>Commands in a running container.</content>
public sealed partial class EngineClient
{
    /// <returns>The exec's id.</returns>
    public async Task<string> CreateExecAsync(string container, CreateExecRequest request, CancellationToken cancellation) => (await PostAsync(
        $"containers/{Escape(container)}/exec", Json(request, EngineJson.Default.CreateExecRequest), EngineJson.Default.CreatedId,
        "run a command in the container", container, cancellation)).Id;

    /// <summary>Starts an exec and takes over its streams.</summary>
    public Task<HijackedStream> StartExecAsync(string exec, bool isTty, CancellationToken cancellation) => HijackAsync(
        $"exec/{Escape(exec)}/start", Json(new StartExecRequest { Tty = isTty }, EngineJson.Default.StartExecRequest), "start a command in the container", exec,
        cancellation);

    /// <summary>State of an exec; its exit code is null while it runs, and only here.</summary>
    public Task<ExecDetails> InspectExecAsync(string exec, CancellationToken cancellation) =>
        GetAsync($"exec/{Escape(exec)}/json", EngineJson.Default.ExecDetails, "inspect a command in the container", exec, cancellation);
}
