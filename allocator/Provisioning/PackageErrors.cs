using MemTools.Allocators.Catalog;
using MemTools.Allocators.Provisioning.Managers;
using MemTools.Reports.Errors;

namespace MemTools.Allocators.Provisioning;

/// <summary>Turns a package manager's failure into an error that says what failed and what to do.</summary>
internal static class PackageErrors
{
    /// <summary>Makes the error.</summary>
    /// <param name="manager">Whose command failed.</param>
    /// <param name="command">The command.</param>
    /// <param name="result">What it said.</param>
    /// <param name="entry">What was to be installed.</param>
    /// <param name="target">Where.</param>
    public static MemToolsException Of(IPackageManager manager, PackageCommand command, CommandResult result, CatalogEntry entry, ITarget target)
    {
        var said = Said(result);
        var failed = $"{manager.Name} on {target.Name} failed";
        return manager.Classify(result) switch
        {
            PackageFailure.UnknownPackage => UnknownPackage(manager, entry, target, said),
            PackageFailure.UnknownVersion => new(
                "PackageVersionNotFound", MemToolsErrorCategory.ObjectNotFound, $"{failed}: it has no such version of {entry.Name}. {said}", entry.Name,
                "Leave the version out, or add a repository that has it."),
            PackageFailure.NoNetwork => new(
                "NoNetwork", MemToolsErrorCategory.ConnectionError, $"{failed}: its repositories cannot be reached. {said}", entry.Name,
                "Check network, proxy and the repositories' addresses, then try again."),
            PackageFailure.NoSpace => new(
                "NoSpaceLeft", MemToolsErrorCategory.WriteError, $"{failed}: the disk is full. {said}", entry.Name,
                "Free some space, then try again."),
            PackageFailure.LockHeld => new(
                "PackageManagerLocked", MemToolsErrorCategory.ResourceUnavailable, $"{failed}: another package manager is at work. {said}", entry.Name,
                "Wait until it has ended, then try again."),
            PackageFailure.NotRoot => RootRequired(command, entry, target, said),
            PackageFailure.BadSignature => new(
                "BadSignature", MemToolsErrorCategory.SecurityError, $"{failed}: a package or list is not signed by a trusted key, or was changed. {said}",
                entry.Name, "Do not install it. Refresh the lists; if the error stays, check the repository's key."),
            _ => new(
                "PackageManagerFailed", MemToolsErrorCategory.InvalidOperation, $"{failed} with exit code {result.ExitCode}: {said}", entry.Name,
                $"Run it by hand to see all that it says: {command}"),
        };
    }

    /// <summary>The error for what would need root, with the command for someone who has it.</summary>
    public static MemToolsException RootRequired(PackageCommand command, CatalogEntry entry, ITarget target, string? said = null)
    {
        var isSudo = command.FileName == "sudo";
        return new MemToolsException(
            "RootRequired", MemToolsErrorCategory.PermissionDenied,
            $"Installing or removing packages on {target.Name} needs root. {said}".TrimEnd(), entry.Name,
            (isSudo ? "Run `sudo -v` first so that sudo asks for no password, or have root run: " : "Have root run: ")
            + (isSudo ? command.ToString().Replace("sudo -n ", "", StringComparison.Ordinal) : command.ToString())
            + (target is LocalTarget ? $". Without root: Install-Allocator {entry.Name} -Scope CurrentUser / memtools install {entry.Name}" : ""));
    }

    /// <summary>The error for a name that no repository has.</summary>
    public static MemToolsException UnknownPackage(IPackageManager manager, CatalogEntry entry, ITarget target, string? said = null)
    {
        var names = entry.PackagesOf(manager.Family);
        var action = names?.Note ?? "Add a repository that has it, or name a library by its path.";
        if (manager is Dnf && names?.Note is not null)
        {
            action += $" ({manager.Program} -y install epel-release)";
        }

        return new MemToolsException(
            "PackageNotFound", MemToolsErrorCategory.ObjectNotFound,
            $"{manager.Name} on {target.Name} has no package for {entry.Name} (asked for {string.Join(", ", names?.Names ?? [])}). {said}".TrimEnd(), entry.Name, action);
    }

    /// <summary>The lines that tell most: those that a manager marks as errors, else the last one.</summary>
    private static string Said(CommandResult result)
    {
        var lines = (result.StandardError + "\n" + result.StandardOutput).Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0).ToList();
        var marked = lines.Where(l => l.StartsWith("E: ", StringComparison.Ordinal) || l.StartsWith("error", StringComparison.OrdinalIgnoreCase)).Take(3).ToList();
        var text = string.Join(' ', marked.Count > 0 ? marked : lines.TakeLast(1));
        return text.Length > 500 ? text[..500] + "…" : text;
    }
}
