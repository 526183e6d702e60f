using MemTools.Allocators;
using MemTools.Allocators.Catalog;
using MemTools.Allocators.Detect;
using MemTools.Allocators.HeapCheck;
using MemTools.Allocators.Provisioning;
using MemTools.Allocators.Provisioning.Managers;
using MemTools.Containers.Files;
using MemTools.Containers.Targets;
using MemTools.Reports;
using MemTools.Reports.Errors;

namespace MemTools.Containers.Provisioning;

/// <summary>Installs allocators into running containers: by the container's own package manager, or by copying from this machine.</summary>
public static class ContainerProvisioner
{
    private const int DirectoryMode = 0x1ED; // rwxr-xr-x
    private const int FileMode = 0x1A4; // rw-r--r--

    /// <summary>Installs, and proves by the canary that it works. What is there already is left alone.</summary>
    /// <param name="request">What; <see cref="InstallMethod.Auto"/> takes the package manager, and copies where there is none.</param>
    /// <param name="session">A running container.</param>
    /// <param name="progress">Gets each command before it runs; null for none.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="MemToolsException">As <see cref="Provisioner.InstallAsync"/>, and AllocatorNotCompatible, ContainerReadOnly.</exception>
    public static async Task<ContainerInstallResult> InstallAsync(
        InstallRequest request, ContainerSession session, IProgress<ProgressStep>? progress = null, CancellationToken cancellation = default)
    {
        ContainerTarget target = Running(session);
        InstallMethod method = Choose(request.Method, target, cancellation);
        InstallResult result = method == InstallMethod.Copy
            ? await CopyAsync(request, target, progress, cancellation)
            : await Provisioner.InstallAsync(request with { Method = method, Scope = null }, target, progress, cancellation);
        return new ContainerInstallResult { Install = result, Method = method };
    }

    /// <summary>What <see cref="InstallAsync"/> would do: the exact commands, or the files that would be copied.</summary>
    public static async Task<InstallPlan> PlanAsync(InstallRequest request, ContainerSession session, CancellationToken cancellation = default)
    {
        ITarget target = session.Target;
        InstallMethod method = Choose(request.Method, target, cancellation);
        if (method != InstallMethod.Copy)
            return await Provisioner.PlanAsync(request with { Method = method, Scope = null }, target, cancellation);
        string name = AllocatorCatalog.Get(request.Name).Name;
        bool isDone = !request.Force && target.FindProvided(name) is not null;
        LibraryCopy? copy = isDone ? null : await LibraryCopy.PlanAsync(name, HeapCheckMode.None, target, ProvidedAllocator.LibraryFolder(name), cancellation);
        return new InstallPlan
        {
            Name = name, Scope = InstallScope.Custom, Target = target.Name, IsDone = isDone, Folder = ProvidedAllocator.LibraryFolder(name),
            Commands = [.. copy?.Files.Select(f => $"copy {f.Value} to {f.Key}") ?? []],
        };
    }

    /// <summary>The way to take: a package manager that can be used, otherwise a copy.</summary>
    internal static InstallMethod Choose(InstallMethod asked, ITarget target, CancellationToken cancellation)
    {
        if (asked != InstallMethod.Auto)
            return asked;
        return PackageManagers.Find(target, cancellation) is not null && (target.IsRoot || target.FindProgram("sudo") is not null)
            ? InstallMethod.PackageManager : InstallMethod.Copy;
    }

    /// <summary>The archive that brings a copy and its record.</summary>
    internal static async Task<TarBuilder> PackAsync(LibraryCopy copy, CancellationToken cancellation)
    {
        var tar = new TarBuilder(isLarge: true);
        string folder = ProvidedAllocator.LibraryFolder(copy.Allocator.Name);
        foreach (string directory in (string[])["/opt", ProvidedAllocator.Folder, folder])
            tar.AddDirectory(directory.TrimStart('/') + "/", DirectoryMode);
        foreach ((string there, string here) in copy.Files)
            await tar.AddFileAsync(there.TrimStart('/'), here, DirectoryMode, cancellation);
        tar.AddFile(ProvidedAllocator.RecordPath(copy.Allocator.Name).TrimStart('/'), ProvidedAllocator.Write(copy.Allocator), FileMode);
        return tar;
    }

    /// <summary>Runs a program of the target under the copied library; a target without any gets its proof from the first run.</summary>
    /// <exception cref="MemToolsException">AllocatorNotUsable.</exception>
    internal static async Task<Allocator> ProveAsync(Allocator copied, ITarget target, string? program, string local, CancellationToken cancellation)
    {
        if (program is null)
            return copied;
        using Reports.Symbols.Elf.ElfFile elf = Reports.Symbols.Elf.ElfFile.Open(local);
        CanaryResult proof = await new Canary(target, program).RunAsync(copied.Path!, copied.Dependencies, LibraryFacts.Read(elf), cancellation);
        return proof.Loaded
            ? copied with
            {
                HeapCheck = proof.HeapCheck ? Capability.Supported : copied.HeapCheck,
                HeapProfile = proof.HeapProfile ? Capability.Supported : copied.HeapProfile,
            }
            : throw new MemToolsException(
                "AllocatorNotUsable", MemToolsErrorCategory.InvalidOperation, $"{copied.Name} was copied into {target.Name}, but a program there does not run under it: {proof.Problem}.",
                copied.Name, "Use the target's package manager (-Method PackageManager), or copy from a machine like the image.");
    }

    private static ContainerTarget Running(ContainerSession session) => session.Target as ContainerTarget ?? throw new MemToolsException(
        "ImageTagMissing", MemToolsErrorCategory.InvalidArgument, "An image is never changed: an install makes a new one, which needs a name.", session.Target.Name,
        "Give the new image's tag: -Tag NAME / --tag NAME.");

    private static async Task<InstallResult> CopyAsync(InstallRequest request, ContainerTarget target, IProgress<ProgressStep>? progress, CancellationToken cancellation)
    {
        string name = AllocatorCatalog.Get(request.Name).Name;
        if (!request.Force && target.FindProvided(name) is { } present)
            return new InstallResult { Allocator = present, AlreadyInstalled = true };
        LibraryCopy copy = await LibraryCopy.PlanAsync(name, HeapCheckMode.None, target, ProvidedAllocator.LibraryFolder(name), cancellation);
        List<string> commands = [.. copy.Files.Select(f => $"copy {f.Value} to {f.Key}")];
        foreach (string command in commands)
            progress?.Report(new ProgressStep("Copying", -1, command));
        await using (TarBuilder tar = await PackAsync(copy, cancellation))
            await UploadAsync(target, tar.Finish(), cancellation);
        progress?.Report(new ProgressStep("Proving", -1, name));
        Allocator proved = await ProveAsync(copy.Allocator, target, target.FindProgram("cat"), copy.Files[copy.Allocator.Path!], cancellation);
        return new InstallResult { Allocator = proved, Commands = commands };
    }

    private static async Task UploadAsync(ContainerTarget target, Stream tar, CancellationToken cancellation)
    {
        try
        {
            await target.UploadAsync("/", tar, cancellation);
        }
        catch (MemToolsException error) when (error.Message.Contains("read-only", StringComparison.OrdinalIgnoreCase) || error.Message.Contains("readonly", StringComparison.OrdinalIgnoreCase))
        {
            throw new MemToolsException(
                "ContainerReadOnly", MemToolsErrorCategory.PermissionDenied, $"The root file system of {target.Name} is read-only: nothing can be installed into it.", target.Name,
                "Run the image instead (-Image): the library is then lent in a volume; or make a new image (-Image … -Tag …).", error);
        }
    }
}
