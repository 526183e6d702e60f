using System.Text.Json;
using MemTools.Allocators;
using MemTools.Allocators.Catalog;
using MemTools.Allocators.Detect;
using MemTools.Allocators.HeapCheck;
using MemTools.Allocators.Provisioning;
using MemTools.Containers.Engine;
using MemTools.Containers.Engine.Wire;
using MemTools.Containers.Files;
using MemTools.Containers.Targets;
using MemTools.Reports;
using MemTools.Reports.Errors;

namespace MemTools.Containers.Provisioning;

/// <summary>Makes a new image of an image with an allocator installed. The image it is made from is never touched, and no name is ever taken over.</summary>
public static class ImageProvisioner
{
    private static readonly TimeSpan RemoveTime = TimeSpan.FromSeconds(30);

    /// <summary>Installs and commits.</summary>
    /// <param name="request">What; <see cref="InstallMethod.Auto"/> takes the package manager when the image's user may use it, and copies otherwise.</param>
    /// <param name="session">An image.</param>
    /// <param name="tag">The new image: <c>name:tag</c>, or a tag of the same name.</param>
    /// <param name="options">The options that the session was opened with.</param>
    /// <param name="progress">Gets each command before it runs; null for none.</param>
    /// <param name="cancellation">Stops it; nothing half-made is left.</param>
    /// <exception cref="MemToolsException">ImageTagExists, ImageTagInvalid, and as <see cref="ContainerProvisioner.InstallAsync"/>.</exception>
    public static async Task<ContainerInstallResult> InstallAsync(
        InstallRequest request, ContainerSession session, string tag, ContainerOptions? options = null, IProgress<ProgressStep>? progress = null,
        CancellationToken cancellation = default)
    {
        var image = (ImageTarget)session.Target;
        EngineClient client = session.Client;
        (string repository, string newTag) = NewName(image.Image, tag);
        string name = repository + ":" + newTag;
        await CheckFreeAsync(client, name, cancellation);
        InstallMethod method = ContainerProvisioner.Choose(request.Method, image, cancellation);
        (ImageDetails details, JsonElement config) = await client.InspectImageFullyAsync(image.Image, cancellation);
        await Leftovers.SweepInstallsAsync(client, cancellation);
        string container = await client.CreateContainerAsync(
            Blueprint(details, options ?? new ContainerOptions()), ContainerLabels.InstallName(), options?.Platform, cancellation);
        try
        {
            InstallResult result = method == InstallMethod.Copy
                ? await CopyAsync(request, image, client, container, progress, cancellation)
                : await ByManagerAsync(request, client, container, options ?? new ContainerOptions(), image.Name, progress, cancellation);
            await CheckFreeAsync(client, name, cancellation);
            progress?.Report(new ProgressStep("Committing", -1, name));
            string label = $"LABEL {ContainerLabels.Allocator}={JsonText($"{result.Allocator.Name} {result.Allocator.Version}".TrimEnd())}";
            string id = await client.CommitAsync(container, repository, newTag, [label], cancellation, config);
            if (method == InstallMethod.Copy)
                result = result with { Allocator = await ProveAsync(client, name, result.Allocator, cancellation) };
            return new ContainerInstallResult { Install = result, Method = method, Image = name, ImageId = id };
        }
        finally
        {
            using var limit = new CancellationTokenSource(RemoveTime);
            await client.RemoveContainerAsync(container, limit.Token);
        }
    }

    /// <summary>The new image's name and tag.</summary>
    /// <exception cref="MemToolsException">ImageTagInvalid.</exception>
    internal static (string Repository, string Tag) NewName(string image, string tag)
    {
        bool isFull = tag.AsSpan().ContainsAny('/', ':');
        ImageReference reference = ImageReference.Parse(isFull ? tag : image);
        string newTag = isFull ? reference.Tag ?? "latest" : tag;
        bool isValid = reference.Digest is null && newTag.Length is > 0 and <= 128 && newTag[0] is not ('.' or '-')
            && newTag.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');
        return isValid || (!isFull && reference.Digest is not null && newTag.Length > 0) ? (reference.Repository, newTag) : throw new MemToolsException(
            "ImageTagInvalid", MemToolsErrorCategory.InvalidArgument, $"'{tag}' is no image tag.", tag,
            "Use letters, digits, '_', '.' and '-', or a full name such as shop/server:1.4-tcmalloc.");
    }

    private static async Task CheckFreeAsync(EngineClient client, string name, CancellationToken cancellation)
    {
        if (await client.InspectImageAsync(name, cancellation) is not null)
        {
            throw new MemToolsException(
                "ImageTagExists", MemToolsErrorCategory.ResourceExists, $"There is an image {name} already; it is not overwritten.", name,
                "Choose another tag, or remove that image first.");
        }
    }

    /// <summary>
    /// The container to install in. It carries no label: a commit would hand it on to every container of the new image. An image without an entry point gets none, because
    /// a commit fills an empty one from the container.
    /// </summary>
    private static CreateContainerRequest Blueprint(ImageDetails details, ContainerOptions options)
    {
        string[] idle = ["/bin/sh", "-c", "read -r end"];
        bool hasEntrypoint = details.Config.Entrypoint is { Length: > 0 };
        return new CreateContainerRequest
        {
            Image = details.Id,
            Entrypoint = hasEntrypoint ? idle : null,
            Cmd = hasEntrypoint ? [] : idle,
            OpenStdin = true,
            HostConfig = ContainerBlueprint.Host(options with { ReadOnly = false }) with { LogConfig = LogConfig.None },
        };
    }

    private static async Task<InstallResult> ByManagerAsync(
        InstallRequest request, EngineClient client, string container, ContainerOptions options, string label, IProgress<ProgressStep>? progress,
        CancellationToken cancellation)
    {
        await StartErrors.GuardAsync(() => client.StartContainerAsync(container, cancellation), "/bin/sh", null);
        ContainerTarget target = await ContainerTarget.OpenAsync(client, await client.InspectContainerAsync(container, cancellation), options, label, cancellation);
        InstallResult result = await Provisioner.InstallAsync(request with { Method = InstallMethod.PackageManager, Scope = null }, target, progress, cancellation);
        await client.KillContainerAsync(container, "KILL", cancellation);
        await client.WaitContainerAsync(container, cancellation);
        return result;
    }

    /// <summary>The container is never started: nothing but the copied files differs in the new image.</summary>
    private static async Task<InstallResult> CopyAsync(
        InstallRequest request, ImageTarget image, EngineClient client, string container, IProgress<ProgressStep>? progress, CancellationToken cancellation)
    {
        string name = AllocatorCatalog.Get(request.Name).Name;
        LibraryCopy copy = await LibraryCopy.PlanAsync(name, HeapCheckMode.None, image, ProvidedAllocator.LibraryFolder(name), cancellation);
        List<string> commands = [.. copy.Files.Select(f => $"copy {f.Value} to {f.Key}")];
        foreach (string command in commands)
            progress?.Report(new ProgressStep("Copying", -1, command));
        await using TarBuilder tar = await ContainerProvisioner.PackAsync(copy, cancellation);
        await client.PutArchiveAsync(container, "/", tar.Finish(), cancellation);
        return new InstallResult { Allocator = copy.Allocator, Commands = commands };
    }

    /// <summary>Runs this machine's <c>cat</c>, lent in a volume, under the library in the new image; a failed proof takes the image with it.</summary>
    private static async Task<Allocator> ProveAsync(EngineClient client, string name, Allocator copied, CancellationToken cancellation)
    {
        const string lent = ImageTarget.LibraryDirectory + "/cat";
        await using ImageTarget made = await ImageTarget.OpenAsync(client, name, new ContainerOptions { Pull = PullPolicy.Never, Network = "none" }, null, cancellation);
        string? program = made.FindProgram("cat");
        if (program is null && LocalTarget.Instance.FindProgram("cat") is { } cat)
        {
            made.Lend(lent, cat);
            program = lent;
        }

        try
        {
            return await ContainerProvisioner.ProveAsync(copied, made, program, made.Fetch(copied.Path!, cancellation)!, cancellation);
        }
        catch (MemToolsException)
        {
            await client.RemoveImageAsync(name, CancellationToken.None);
            throw;
        }
    }

    private static string JsonText(string value) => JsonSerializer.Serialize(value, EngineJson.Default.String);
}
