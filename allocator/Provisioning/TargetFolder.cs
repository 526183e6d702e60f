using MemTools.Reports.Errors;

namespace MemTools.Allocators.Provisioning;

/// <summary>A temporary folder on a target, removed in the end.</summary>
internal sealed class TargetFolder(ITarget target, string path) : IAsyncDisposable
{
    /// <summary>Its path on the target.</summary>
    public string Path => path;

    /// <summary>Makes one that package managers' sandbox users can look into.</summary>
    /// <exception cref="MemToolsException"><c>TemporaryFolderFailed</c>.</exception>
    public static async Task<TargetFolder> CreateAsync(ITarget target, CancellationToken cancellation)
    {
        var made = await target.RunAsync(new CommandRequest("mktemp", ["-d", "-t", "memtools.XXXXXXXX"]), cancellation).ConfigureAwait(false);
        var folder = new TargetFolder(target, made.StandardOutput.Trim());
        if (made.ExitCode == 0 && folder.Path.Length > 0)
        {
            await AddPartsAsync(target, folder.Path, cancellation).ConfigureAwait(false);
            return folder;
        }

        throw new MemToolsException(
            "TemporaryFolderFailed", MemToolsErrorCategory.WriteError, $"No temporary folder can be made on {target.Name}: {made.StandardError.Trim()}",
            target.Name, "Make /tmp (or TMPDIR) writable there.");
    }

    /// <summary>Makes what apt and its kin expect in a private area.</summary>
    public static async Task AddPartsAsync(ITarget target, string path, CancellationToken cancellation)
    {
        await target.RunAsync(new CommandRequest("chmod", ["755", path]), cancellation).ConfigureAwait(false);
        await target.RunAsync(
            new CommandRequest("mkdir", ["-p", path + "/lists/partial", path + "/cache/archives/partial"]), cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Not the caller's token: what was cancelled is tidied up all the same.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await target.RunAsync(new CommandRequest("rm", ["-rf", "--", path]), limit.Token).ConfigureAwait(false);
    }
}
