using MemTools.Allocators;
using MemTools.Allocators.Launch;
using MemTools.Containers.Engine;
using MemTools.Containers.Engine.Wire;
using MemTools.Containers.Files;
using MemTools.Containers.Provisioning;
using MemTools.Reports;
using MemTools.Reports.Errors;

namespace MemTools.Containers.Targets;

/// <summary>
/// An image: a container is made for the run and removed after it. The image stays as it is. Reports go into an anonymous volume, which is writable
/// whatever the root file system, the user and /tmp are like. A second container, made only when it is needed and started only for
/// helper commands, shows the image's files.
/// </summary>
public sealed class ImageTarget : ITarget, IAsyncDisposable
{
    /// <summary>Where the volume for reports is mounted. It belongs to root: other users write into a directory in it.</summary>
    private const string ReportVolume = "/.memtools";

    private const string OpenDirectory = "run";

    /// <summary>Where the volume with copied-in libraries is mounted.</summary>
    internal const string LibraryDirectory = "/.memtools-lib";

    private static readonly TimeSpan RemoveTime = TimeSpan.FromSeconds(30);

    private readonly EngineClient client;
    private readonly ImageDetails image;
    private readonly ContainerOptions options;
    private readonly ContainerFiles files;
    private readonly ImageIndex index;
    private readonly IReadOnlyList<string> mounted;
    private readonly Dictionary<string, string> imageEnvironment;
    private readonly SemaphoreSlim gate = new(1, 1);
    private Task? sweep;
    private readonly StagedLibraries staged = new();
    private readonly Dictionary<string, ReadOnlyMemory<byte>> placed = [];
    private string? probe;
    private ContainerTarget? session;
    private HostVolumes? volumes;
    private string runId = "session";
    private string? container;
    private DateTimeOffset started;
    private CommandPlacement? placement;
    private IReadOnlyList<string>? ownEntrypoint;
    private Allocator? provided;

    private ImageTarget(EngineClient client, string name, ImageDetails image, ContainerOptions options)
    {
        this.client = client;
        this.image = image;
        this.options = options;
        Name = "image:" + name;
        Image = name;
        Architecture = Architectures.FromGo(image.Architecture);
        imageEnvironment = EnvironmentList.Read(image.Config.Env, new Dictionary<string, string?>());
        InheritedEnvironment = EnvironmentList.Read(image.Config.Env, options.Environment);
        mounted = ContainerBlueprint.MountTargets(options);
        index = new ImageIndex(image.Id, ofContainers: false);
        files = new ContainerFiles(client, ProbeAsync, ListByShellAsync, index, isImage: true, IsMounted, new FileCache());
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>The image as the user named it.</summary>
    public string Image { get; }

    /// <inheritdoc/>
    public string Architecture { get; }

    /// <inheritdoc/>
    public bool IsRoot => UserName is "" or "0" or "root";

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> InheritedEnvironment { get; }

    /// <summary>Folder where facts about the image are remembered.</summary>
    public string? FactsPath => mounted.Count == 0 ? index.Folder : null;

    /// <summary>The container of the run; null before the start.</summary>
    public string? ContainerId => container;

    /// <summary>Where relative paths start in the image.</summary>
    internal string WorkingDirectory => image.Config.WorkingDir is { Length: > 0 } directory ? directory : "/";

    /// <summary>The entry point that is in force: the user's or the image's.</summary>
    private IReadOnlyList<string> Entrypoint => ownEntrypoint ?? options.Entrypoint ?? image.Config.Entrypoint ?? [];

    private string ReportDirectory => IsRoot ? ReportVolume : ReportVolume + "/" + OpenDirectory;

    private string UserName => (options.User ?? image.Config.User ?? "").Split(':')[0];

    /// <summary>Looks the image up, and pulls it when the options say so.</summary>
    /// <param name="client">The engine; stays the caller's.</param>
    /// <param name="name">The image as docker takes it.</param>
    /// <param name="options">How its containers are made.</param>
    /// <param name="progress">Sees a pull.</param>
    /// <param name="cancellation">Stops the call.</param>
    /// <exception cref="MemToolsException">ImageNotFound, ImagePullFailed, ContainerVolumeInvalid.</exception>
    public static async Task<ImageTarget> OpenAsync(
        EngineClient client, string name, ContainerOptions? options, IProgress<ProgressStep>? progress, CancellationToken cancellation)
    {
        options ??= new ContainerOptions();
        ImageDetails? image = options.Pull == PullPolicy.Always ? null : await client.InspectImageAsync(name, cancellation);
        if (image is null && options.Pull != PullPolicy.Never)
        {
            await client.PullImageAsync(name, options.Platform, progress, cancellation);
            image = await client.InspectImageAsync(name, cancellation);
        }

        return image is null
            ? throw new MemToolsException(
                "ImageNotFound", MemToolsErrorCategory.ObjectNotFound, $"The engine at {client.Endpoint} does not have the image '{name}'.", name,
                "Pull or build the image first, or use -Pull Missing.")
            : new ImageTarget(client, name, image, options);
    }

    /// <inheritdoc/>
    public bool Exists(string path) => staged.Find(path) is not null || files.Exists(path);

    /// <inheritdoc/>
    public string? Fetch(string path, CancellationToken cancellation) => staged.Find(path) ?? files.Fetch(path, cancellation);

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string directory) => files.List(directory);

    /// <inheritdoc/>
    public string? FindProgram(string name) => ProgramPath.Find(name, InheritedEnvironment["PATH"], files.IsExecutable);

    /// <summary>Runs a helper command in the second container, which is started for it; where the image has no shell, in a container of its own.</summary>
    public async Task<CommandResult> RunAsync(CommandRequest request, CancellationToken cancellation)
    {
        string path = ProgramPath.Require(request.FileName, FindProgram, Name);
        return files.Exists("/bin/sh")
            ? await (await SessionAsync(cancellation)).RunAsync(request with { FileName = path }, cancellation)
            : await OneShotAsync(path, request, cancellation);
    }

    /// <inheritdoc/>
    public Task<string> PrepareRunAsync(string runPath, CancellationToken cancellation)
    {
        runId = Path.GetFileName(runPath);
        return Task.FromResult(ReportDirectory);
    }

    /// <inheritdoc/>
    public Task<string?> PlaceLibraryAsync(string directory, string name, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        placed[name] = content;
        return Task.FromResult<string?>($"{ReportVolume}/{name}");
    }

    /// <inheritdoc/>
    public Allocator? FindProvided(string nameOrPath) => provided is { } lent && (nameOrPath == lent.Path || nameOrPath == lent.Name) ? lent
        : ProvidedAllocator.Read(nameOrPath, path => files.Fetch(path, CancellationToken.None));

    /// <inheritdoc/>
    public IReadOnlyList<string> Findings(ProcessStart start)
    {
        placement = PlaceAsync(start, CancellationToken.None).GetAwaiter().GetResult();
        return placement.Findings;
    }

    /// <summary>Makes the run's container and starts it, with the program's streams attached.</summary>
    /// <exception cref="MemToolsException">ProgramNotFound, ProgramNotExecutable, ProgramFormatUnknown, ContainerUserNotFound, ContainerStartFailed.</exception>
    public async Task<ITargetProcess> StartAsync(ProcessStart start, CancellationToken cancellation)
    {
        CommandPlacement place = placement ?? await PlaceAsync(start, cancellation);
        placement = null;
        var environment = new Dictionary<string, string>(start.Environment, StringComparer.Ordinal);
        if (!place.PreloadInEnvironment)
            environment.Remove("LD_PRELOAD");
        string? input = start.StandardInputPath is null or "/dev/null" ? null : start.StandardInputPath;
        Mount[] mounts = staged.IsEmpty ? [new Mount { Target = ReportVolume }] : [new Mount { Target = ReportVolume }, new Mount { Target = LibraryDirectory }];
        var request = new CreateContainerRequest
        {
            Image = image.Id,
            Entrypoint = place.Entrypoint.Count == 0 ? [place.Command[0]] : [.. place.Entrypoint],
            Cmd = [.. place.Command.Skip(place.Entrypoint.Count == 0 ? 1 : 0)],
            Env = EnvironmentList.Write(environment, imageEnvironment),
            User = options.User,
            WorkingDir = start.WorkingDirectory ?? options.WorkingDirectory,
            OpenStdin = input is not null,
            StdinOnce = input is not null,
            AttachStdin = input is not null,
            Labels = ContainerBlueprint.Labels(runId, options.Keep),
            HostConfig = ContainerBlueprint.Host(options, mounts) with { LogConfig = options.Keep ? null : LogConfig.None },
        };
        string id = await client.CreateContainerAsync(request, ContainerLabels.NameOf(runId), options.Platform, cancellation);
        container = id;
        try
        {
            volumes = new HostVolumes(client.Endpoint, await client.InspectContainerAsync(id, cancellation));
            if (!IsRoot || placed.Count > 0)
                await FillReportVolumeAsync(id, volumes, cancellation);
            if (!staged.IsEmpty)
                await staged.UploadAsync(client, id, LibraryDirectory, volumes, cancellation);
            HijackedStream stream = await client.AttachContainerAsync(id, input is not null, cancellation);
            started = DateTimeOffset.UtcNow;
            await StartErrors.GuardAsync(() => client.StartContainerAsync(id, cancellation), start.FilePath, stream);
            sweep = Task.Run(SweepAsync, CancellationToken.None); // while the program runs
            return new ContainerProcess(client, id, stream, start, input, isFirst: !options.Init && place.Entrypoint.Count == 0);
        }
        catch (Exception)
        {
            await RemoveAsync(id);
            container = null;
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task CollectRunAsync(string runPath, CancellationToken cancellation)
    {
        if (container is null)
            return;
        ExtractResult result = CollectFromVolume(runPath, cancellation) ?? await CollectByArchiveAsync(runPath, cancellation);
        await RunModules.KeepAsync(runPath, files, staged, cancellation);
        if (result.Skipped.Count > 0)
            throw new MemToolsException("ArchiveEntriesSkipped", MemToolsErrorCategory.SecurityError, string.Join(' ', result.Skipped), runPath, "Look at what the program writes there.");
    }

    /// <summary>Null when the volume's folder is not seen from here, or not all in it may be read.</summary>
    private ExtractResult? CollectFromVolume(string runPath, CancellationToken cancellation)
    {
        try
        {
            return volumes?.Find(ReportDirectory) is { } folder ? FolderExtractor.Copy(folder, runPath, new ExtractLimits(), ReportDirectory, cancellation) : null;
        }
        catch (Exception error) when (error is UnauthorizedAccessException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private async Task<ExtractResult> CollectByArchiveAsync(string runPath, CancellationToken cancellation)
    {
        // An untouched volume has nothing to bring: one cheap question instead of an archive.
        PathStat? stat = await client.StatPathAsync(container!, ReportDirectory, cancellation);
        if (stat is null || IsClockShared && stat.Modified < started)
            return new ExtractResult([], []);
        await using Stream? tar = await client.GetArchiveAsync(container!, ReportDirectory, cancellation);
        return tar is null ? new ExtractResult([], [])
            : await ArchiveExtractor.ExtractAsync(tar, runPath, true, new ExtractLimits(), ReportDirectory, cancellation);
    }

    /// <summary>Removes what was made, also after Ctrl+C or an error; a container that is to be kept stays.</summary>
    public async ValueTask DisposeAsync()
    {
        index.Save();
        await Task.WhenAll(
            container is { } run && !options.Keep ? RemoveAsync(run) : Task.CompletedTask,
            probe is { } helper ? RemoveAsync(helper) : Task.CompletedTask,
            sweep ?? SweepAsync());
        container = probe = null;
        gate.Dispose();
    }

    /// <summary>Lends one file of this machine to the containers that are made.</summary>
    internal void Lend(string there, string here) => staged.Add(there, here);

    /// <summary>Lends libraries of this machine to the run: they lie in a volume of its container.</summary>
    internal void Provide(LibraryCopy copy)
    {
        foreach ((string there, string here) in copy.Files)
            staged.Add(there, here);
        provided = copy.Allocator;
    }

    /// <summary>
    /// The image's own command, with arguments in place of its own when there are some, as docker does it: the program is the command's first word or,
    /// where there is only an entry point, that.
    /// </summary>
    internal LaunchRequest OwnCommand(LaunchRequest request)
    {
        IReadOnlyList<string> entrypoint = Entrypoint;
        List<string> words = [.. options.Entrypoint is null && request.Arguments.Count == 0 ? image.Config.Cmd ?? [] : []];
        if (words.Count == 0 || entrypoint.Count > 0 && EntrypointShape.ReadAsync(entrypoint, FindProgram, files, CancellationToken.None).GetAwaiter().GetResult()
            is EntrypointKind.Program or EntrypointKind.ShellText)
        {
            words = [.. entrypoint, .. words];
            ownEntrypoint = [];
        }

        if (words.Count == 0)
        {
            throw new MemToolsException(
                "ProgramNotFound", MemToolsErrorCategory.ObjectNotFound, $"The image {Image} has no command of its own.", Image, "Name the program to start.");
        }

        return request with { FilePath = words[0], Arguments = [.. words.Skip(1).Select(System.Text.Encoding.UTF8.GetBytes), .. request.Arguments] };
    }

    /// <summary>
    /// When the user names the program that the entry point is, it is not started with itself as an argument: the entry point's own arguments come first, and
    /// none is left. This comes before an engine that is a program of its own (valgrind) is put in front.
    /// </summary>
    internal async Task<LaunchRequest> NamedEntrypointAsync(LaunchRequest request, CancellationToken cancellation)
    {
        IReadOnlyList<string> entrypoint = Entrypoint;
        if (entrypoint.Count == 0 || !CommandPlacement.IsSame(entrypoint[0], request.FilePath, FindProgram)
            || await EntrypointShape.ReadAsync(entrypoint, FindProgram, files, cancellation) != EntrypointKind.Program)
            return request;
        ownEntrypoint = [];
        return request with { FilePath = entrypoint[0], Arguments = [.. entrypoint.Skip(1).Select(System.Text.Encoding.UTF8.GetBytes), .. request.Arguments] };
    }

    /// <summary>The engine's clock can be compared with ours when both are this machine's.</summary>
    private bool IsClockShared => client.Endpoint.Transport == EngineTransport.UnixSocket;

    private Task<CommandPlacement> PlaceAsync(ProcessStart start, CancellationToken cancellation) => CommandPlacement.MakeAsync(
        Entrypoint, [start.FilePath, .. start.Arguments.Select(Arguments.Decode)],
        start.Environment.TryGetValue("LD_PRELOAD", out string? preload) && preload != imageEnvironment.GetValueOrDefault("LD_PRELOAD") ? preload : null,
        FindProgram, files, cancellation);

    /// <summary>The volume's own mode cannot be set by archive, a directory's in it can.</summary>
    private async Task FillReportVolumeAsync(string id, HostVolumes host, CancellationToken cancellation)
    {
        if ((IsRoot || host.TryMakeDirectory($"{ReportVolume}/{OpenDirectory}", 0x3FF))
            && placed.All(file => host.TryPut($"{ReportVolume}/{file.Key}", file.Value, 0x1ED)))
            return;
        await using var tar = new TarBuilder();
        if (!IsRoot)
            tar.AddDirectory(OpenDirectory + "/", 0x3FF); // as /tmp: rwxrwxrwx and the sticky bit
        foreach ((string name, ReadOnlyMemory<byte> content) in placed)
            tar.AddFile(name, content.Span, 0x1ED); // rwxr-xr-x
        await client.PutArchiveAsync(id, ReportVolume, tar.Finish(), cancellation);
    }

    private bool IsMounted(string path) => mounted.Any(m => path == m || path.StartsWith(m.TrimEnd('/') + "/", StringComparison.Ordinal));

    /// <summary>The container that shows the files; its command waits for input that never comes.</summary>
    private async Task<string> ProbeAsync(CancellationToken cancellation)
    {
        if (probe is { } made)
            return made;
        await gate.WaitAsync(cancellation);
        try
        {
            string name = "files-" + Guid.NewGuid().ToString("n");
            return probe ??= await client.CreateContainerAsync(
                new CreateContainerRequest
                {
                    Image = image.Id,
                    Entrypoint = ["/bin/sh", "-c", "read -r end"],
                    Cmd = [],
                    Env = EnvironmentList.Write(InheritedEnvironment, imageEnvironment),
                    User = options.User,
                    OpenStdin = true,
                    Labels = ContainerBlueprint.Labels(name, keep: false),
                    HostConfig = ContainerBlueprint.Host(options) with { LogConfig = LogConfig.None },
                },
                ContainerLabels.NameOf(name), options.Platform, cancellation);
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task<ContainerTarget> SessionAsync(CancellationToken cancellation)
    {
        string id = await ProbeAsync(cancellation);
        await gate.WaitAsync(cancellation);
        try
        {
            if (session is not null)
                return session;
            await StartErrors.GuardAsync(() => client.StartContainerAsync(id, cancellation), "/bin/sh", null);
            return session = await ContainerTarget.OpenAsync(client, await client.InspectContainerAsync(id, cancellation), options, Name, cancellation);
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task<CommandResult> OneShotAsync(string path, CommandRequest request, CancellationToken cancellation)
    {
        var environment = new Dictionary<string, string>(InheritedEnvironment, StringComparer.Ordinal);
        foreach ((string variable, string? value) in request.Environment ?? new Dictionary<string, string?>())
        {
            if (value is null)
                environment.Remove(variable);
            else
                environment[variable] = value;
        }

        string name = "command-" + Guid.NewGuid().ToString("n");
        string id = await client.CreateContainerAsync(
            new CreateContainerRequest
            {
                Image = image.Id,
                Entrypoint = [path],
                Cmd = [.. request.Arguments],
                Env = EnvironmentList.Write(environment, imageEnvironment),
                User = options.User,
                WorkingDir = request.WorkingDirectory ?? options.WorkingDirectory,
                Labels = ContainerBlueprint.Labels(name, keep: false),
                HostConfig = ContainerBlueprint.Host(options, staged.IsEmpty ? [] : [new Mount { Target = LibraryDirectory }]) with { LogConfig = LogConfig.None },
            },
            ContainerLabels.NameOf(name), options.Platform, cancellation);
        try
        {
            if (!staged.IsEmpty)
                await staged.UploadAsync(client, id, LibraryDirectory, null, cancellation);
            HijackedStream stream = await client.AttachContainerAsync(id, false, cancellation);
            await StartErrors.GuardAsync(() => client.StartContainerAsync(id, cancellation), path, stream);
            var output = new CapturedStream(request.CaptureLimit, request.OnLine);
            var error = new CapturedStream(request.CaptureLimit, request.OnLine);
            var start = new ProcessStart
            {
                FilePath = path, Arguments = [], Environment = environment, OnOutput = output.Add, OnError = error.Add,
            };
            await using var process = new ContainerProcess(client, id, stream, start, null, isFirst: true);
            ProcessEnd end = await process.WaitAsync(cancellation);
            return new CommandResult(end.ExitCode ?? 128 + (end.Signal ?? 0), output.Finish(), error.Finish());
        }
        finally
        {
            await RemoveAsync(id);
        }
    }

    private async Task<string[]?> ListByShellAsync(string directory, CancellationToken cancellation) => files.Exists("/bin/sh")
        ? await DirectoryListing.ByShellAsync((await SessionAsync(cancellation)).Shell, directory, cancellation) : null;

    private async Task RemoveAsync(string id)
    {
        using var limit = new CancellationTokenSource(RemoveTime);
        try
        {
            await client.RemoveContainerAsync(id, limit.Token);
        }
        catch (Exception error) when (error is MemToolsException or OperationCanceledException)
        {
            // The engine is lost or busy: the container carries its label and goes with the next run's sweep.
        }
    }

    private async Task SweepAsync()
    {
        using var limit = new CancellationTokenSource(RemoveTime);
        try
        {
            await Leftovers.SweepAsync(client, limit.Token);
        }
        catch (Exception error) when (error is MemToolsException or OperationCanceledException)
        {
            // Tidying up after others must not stop this run.
        }
    }
}
