using MemTools.Allocators;
using MemTools.Allocators.Detect;
using MemTools.Allocators.HeapCheck;
using MemTools.Allocators.Launch;
using MemTools.Containers.Engine;
using MemTools.Containers.Provisioning;
using MemTools.Containers.Targets;
using MemTools.Reports;
using MemTools.Reports.Errors;

namespace MemTools.Containers;

/// <summary>
/// A connection to an engine with one container or image as the target of whatever follows. Dispose of it when the run has ended: containers that
/// were made for it are removed then.
/// </summary>
public sealed class ContainerSession : IAsyncDisposable
{
    private static Task<EngineClient?>? prepared;
    private readonly EngineClient client;
    private readonly ContainerOptions options;

    private ContainerSession(EngineClient client, ITarget target, ContainerOptions options)
    {
        this.client = client;
        this.options = options;
        Target = target;
    }

    /// <summary>Where to launch, install and look.</summary>
    public ITarget Target { get; }

    /// <summary>The engine.</summary>
    public EngineClient Client => client;

    /// <summary>
    /// Begins to connect to the engine on this machine while the caller still reads its options; the next session takes the connection. Errors are told then.
    /// </summary>
    public static void Prepare() => prepared = Task.Run(async () =>
    {
        EngineEndpoint endpoint = EndpointFinder.Find(null);
        return endpoint.Transport == EngineTransport.UnixSocket ? await EngineClient.ConnectAsync(endpoint, CancellationToken.None) : null;
    });

    /// <summary>Takes a running container as the target.</summary>
    /// <param name="nameOrId">As docker takes it.</param>
    /// <param name="options">Environment, working directory and user; null for the container's own.</param>
    /// <param name="host">The engine's address; null to find it as docker does.</param>
    /// <param name="cancellation">Stops the call.</param>
    /// <exception cref="MemToolsException">ContainerNotFound, ContainerNotRunning, ContainerEngineUnreachable and others of the engine's.</exception>
    public static async Task<ContainerSession> OpenContainerAsync(
        string nameOrId, ContainerOptions? options = null, string? host = null, CancellationToken cancellation = default)
    {
        EngineClient client = await ConnectAsync(host, cancellation);
        try
        {
            return new ContainerSession(client, await ContainerTarget.OpenAsync(client, nameOrId, options, cancellation), options ?? new ContainerOptions());
        }
        catch (Exception)
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Takes an image as the target: a container is made for a run and removed after it.</summary>
    /// <param name="image">As docker takes it.</param>
    /// <param name="options">How the container is made; null for the image's own settings.</param>
    /// <param name="host">The engine's address; null to find it as docker does.</param>
    /// <param name="progress">Sees a pull; null for nobody.</param>
    /// <param name="cancellation">Stops the call.</param>
    /// <exception cref="MemToolsException">ImageNotFound, ImagePullFailed, ContainerEngineUnreachable and others of the engine's.</exception>
    public static async Task<ContainerSession> OpenImageAsync(
        string image, ContainerOptions? options = null, string? host = null, IProgress<ProgressStep>? progress = null, CancellationToken cancellation = default)
    {
        EngineClient client = await ConnectAsync(host, cancellation);
        try
        {
            return new ContainerSession(client, await ImageTarget.OpenAsync(client, image, options, progress, cancellation), options ?? new ContainerOptions());
        }
        catch (Exception)
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Fits a request to the target: no program named means the image's own command, a relative path is the container's, and an allocator that an image does
    /// not have is taken from this machine when it fits.
    /// </summary>
    /// <param name="request">What the user asks for; an empty <see cref="LaunchRequest.FilePath"/> for the image's own command.</param>
    /// <param name="onWarning">Called with what the user should know.</param>
    /// <param name="cancellation">Stops the call.</param>
    /// <exception cref="MemToolsException">ProgramNotFound, AllocatorNotInstalled, AllocatorNotCompatible.</exception>
    public async Task<LaunchRequest> FitAsync(LaunchRequest request, Action<string>? onWarning = null, CancellationToken cancellation = default)
    {
        string directory = request.WorkingDirectory ?? options.WorkingDirectory ?? "/";
        if (Target is ImageTarget image)
        {
            directory = request.WorkingDirectory ?? options.WorkingDirectory ?? image.WorkingDirectory;
            if (request.FilePath.Length == 0)
                request = image.OwnCommand(request);
            else
                request = await image.NamedEntrypointAsync(request, cancellation);
            await BringAsync(image, request, onWarning, cancellation);
        }
        else if (Target is ContainerTarget container)
        {
            directory = request.WorkingDirectory ?? options.WorkingDirectory ?? container.WorkingDirectory;
        }

        if (request.StandardOutput == StreamMode.Inherit)
            request = request with { StandardOutput = StreamMode.Tee };
        if (request.StandardError == StreamMode.Inherit)
            request = request with { StandardError = StreamMode.Tee };
        bool isRelative = request.FilePath.Contains('/', StringComparison.Ordinal) && !request.FilePath.StartsWith('/');
        return isRelative ? request with { FilePath = ContainerPath.Join(directory, request.FilePath) } : request;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Target is IAsyncDisposable target)
            await target.DisposeAsync();
        client.Dispose();
    }

    private static async Task<EngineClient> ConnectAsync(string? host, CancellationToken cancellation)
    {
        Task<EngineClient?>? early = host is null ? Interlocked.Exchange(ref prepared, null) : null;
        return (early is null ? null : await early.WaitAsync(cancellation)) ?? await EngineClient.ConnectAsync(EndpointFinder.Find(host), cancellation);
    }

    private static async Task BringAsync(ImageTarget image, LaunchRequest request, Action<string>? onWarning, CancellationToken cancellation)
    {
        IReadOnlyList<string> names = LentLibraries.Wanted(request);
        foreach (string wanted in names)
        {
            if (await LentLibraries.HasAsync(image, wanted, request, cancellation))
                return;
        }

        LibraryCopy? copy = null;
        MemToolsException? missing = null;
        foreach (string wanted in names)
        {
            try
            {
                copy = await LibraryCopy.PlanAsync(wanted, request.HeapCheck, image, ImageTarget.LibraryDirectory, cancellation);
                break;
            }
            catch (MemToolsException error) when (error.ErrorId == "AllocatorNotInstalled")
            {
                missing ??= error;
            }
        }

        // Nothing that could be lent is wanted, or the image has an engine of its own that is a program.
        if (copy is null && (missing is null || (request is { Allocator: null, Engine: null } && image.FindProgram("valgrind") is not null)))
            return;
        string name = copy?.Allocator.Name ?? names[0];
        if (copy is null)
        {
            throw new MemToolsException(
                missing!.ErrorId, missing.Category, $"{string.Join(" or ", names)} is neither in the image {image.Image} nor on this machine, from where it could be lent to the run.", name,
                $"Install-Allocator {name} (here), or Install-Allocator {name} -Image {image.Image} -Tag NEW / memtools install {name} --image {image.Image} --tag NEW.", missing);
        }

        image.Provide(copy);
        onWarning?.Invoke($"{image.Image} has no {name} that can be used; this machine's {string.Join(' ', name, copy.Allocator.Version).TrimEnd()} is lent to the run in a volume. The image stays as it is.");
    }
}
