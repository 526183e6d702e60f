namespace MemTools.Reports;

/// <summary>This machine's file system, optionally below a sysroot.</summary>
public sealed class LocalFileSource(string? sysroot = null) : IFileSource
{
    private readonly string root = sysroot?.TrimEnd('/') ?? "";

    /// <summary>True without a sysroot.</summary>
    public bool IsThisMachine => root.Length == 0;

    /// <inheritdoc/>
    public bool Exists(string path) => File.Exists(root + path);

    /// <inheritdoc/>
    public string? Fetch(string path, CancellationToken cancellation) => File.Exists(root + path) ? root + path : null;
}
