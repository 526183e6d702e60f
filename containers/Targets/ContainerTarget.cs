using MemTools.Allocators;
using MemTools.Containers.Engine;
using MemTools.Containers.Engine.Wire;
using MemTools.Containers.Files;
using MemTools.Containers.Provisioning;
using MemTools.Reports.Errors;

namespace MemTools.Containers.Targets;

/// <summary>A running container: commands go in by exec, files come out by archive. It is left as it was found.</summary>
public sealed class ContainerTarget : ITarget
{
    private static readonly string[] RootNames = ["", "0", "root"];

    private readonly EngineClient client;
    private readonly ContainerDetails details;
    private readonly ContainerOptions options;
    private readonly ContainerFiles files;
    private readonly ContainerShell shell;
    private readonly RunDirectory runDirectory;

    private ContainerTarget(EngineClient client, ContainerDetails details, ContainerOptions options, string architecture, string label)
    {
        this.client = client;
        this.details = details;
        this.options = options;
        Architecture = architecture;
        Name = label;
        InheritedEnvironment = EnvironmentList.Read(details.Config.Env, options.Environment);
        files = new ContainerFiles(
            client, _ => Task.FromResult(details.Id), ListByShellAsync, new ImageIndex(details.Image, ofContainers: true), isImage: false, _ => false, new FileCache());
        shell = new ContainerShell(client, details.Id, options.User, EnvironmentList.Read(details.Config.Env, new Dictionary<string, string?>()), files.Exists("/bin/sh"));
        runDirectory = new RunDirectory(client, details, shell);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>The container's full id.</summary>
    public string Id => details.Id;

    /// <inheritdoc/>
    public string Architecture { get; }

    /// <inheritdoc/>
    public bool IsRoot => RootNames.Contains((options.User ?? details.Config.User ?? "").Split(':')[0]);

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> InheritedEnvironment { get; }

    /// <summary>Where relative paths start in the container.</summary>
    internal string WorkingDirectory => details.Config.WorkingDir is { Length: > 0 } directory ? directory : "/";

    /// <inheritdoc/>
    public Allocator? FindProvided(string nameOrPath) => ProvidedAllocator.Read(nameOrPath, path => files.Fetch(path, CancellationToken.None));

    /// <summary>Commands in it.</summary>
    internal ContainerShell Shell => shell;

    /// <summary>Looks the container up.</summary>
    /// <param name="client">The engine; stays the caller's.</param>
    /// <param name="nameOrId">As docker takes it.</param>
    /// <param name="options">Environment, working directory and user for what runs in it.</param>
    /// <param name="cancellation">Stops the call.</param>
    /// <exception cref="MemToolsException">ContainerNotFound, ContainerNotRunning.</exception>
    public static async Task<ContainerTarget> OpenAsync(EngineClient client, string nameOrId, ContainerOptions? options, CancellationToken cancellation)
    {
        ContainerDetails details = await client.InspectContainerAsync(nameOrId, cancellation);
        if (!details.State.Running || details.State.Status == "paused")
        {
            throw new MemToolsException(
                "ContainerNotRunning", MemToolsErrorCategory.InvalidOperation, $"The container '{nameOrId}' is {details.State.Status}.", nameOrId,
                "Start or unpause the container, or give an image instead.");
        }

        return await OpenAsync(client, details, options ?? new ContainerOptions(), "container:" + nameOrId, cancellation);
    }

    internal static async Task<ContainerTarget> OpenAsync(
        EngineClient client, ContainerDetails details, ContainerOptions options, string label, CancellationToken cancellation)
    {
        // The image may be gone while its container runs; then the engine's own architecture is as good a guess as any.
        ImageDetails? image = await client.InspectImageAsync(details.Image, cancellation);
        string architecture = image?.Architecture ?? (await client.GetInfoAsync(cancellation)).Architecture;
        return new ContainerTarget(client, details, options, Architectures.FromGo(architecture), label);
    }

    /// <inheritdoc/>
    public bool Exists(string path) => files.Exists(path);

    /// <inheritdoc/>
    public string? Fetch(string path, CancellationToken cancellation) => files.Fetch(path, cancellation);

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string directory) => files.List(directory);

    /// <inheritdoc/>
    public string? FindProgram(string name) => ProgramPath.Find(name, InheritedEnvironment["PATH"], files.IsExecutable);

    /// <inheritdoc/>
    public async Task<CommandResult> RunAsync(CommandRequest request, CancellationToken cancellation)
    {
        string path = ProgramPath.Require(request.FileName, FindProgram, Name);
        try
        {
            return await shell.RunAsync(path, request with { WorkingDirectory = request.WorkingDirectory ?? options.WorkingDirectory }, cancellation);
        }
        finally
        {
            files.Invalidate();
        }
    }

    /// <inheritdoc/>
    public Task<ITargetProcess> StartAsync(ProcessStart start, CancellationToken cancellation) =>
        shell.StartAsync(start, options.WorkingDirectory, cancellation);

    /// <inheritdoc/>
    public Task<string> PrepareRunAsync(string runPath, CancellationToken cancellation) => runDirectory.MakeAsync(Path.GetFileName(runPath), cancellation);

    /// <inheritdoc/>
    public Task<string?> PlaceLibraryAsync(string directory, string name, ReadOnlyMemory<byte> content, CancellationToken cancellation) =>
        runDirectory.PlaceLibraryAsync(name, content, cancellation);

    /// <inheritdoc/>
    public async Task CollectRunAsync(string runPath, CancellationToken cancellation)
    {
        await runDirectory.CollectAsync(runPath, cancellation);
        await RunModules.KeepAsync(runPath, files, null, cancellation);
    }

    /// <summary>Puts files into the container.</summary>
    internal Task UploadAsync(string directory, Stream tar, CancellationToken cancellation)
    {
        files.Invalidate();
        return client.PutArchiveAsync(details.Id, directory, tar, cancellation);
    }

    private Task<string[]?> ListByShellAsync(string directory, CancellationToken cancellation) => DirectoryListing.ByShellAsync(shell, directory, cancellation);
}
