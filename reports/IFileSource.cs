namespace MemTools.Reports;

/// <summary>Where reports and symbols get their bytes: this machine, a sysroot, a container.</summary>
public interface IFileSource
{
    /// <summary>True when a regular file (after links) is there.</summary>
    bool Exists(string path);

    /// <summary>
    /// A path on this machine with the file's content (for memory mapping), or null when it is not there. Sources that are
    /// not this machine fetch it once into a cache.
    /// </summary>
    string? Fetch(string path, CancellationToken cancellation);
}
