namespace MemTools.Containers.Files;

/// <summary>How much of an archive from a container is taken at most: an archive may be made to fill the disk.</summary>
public sealed record ExtractLimits
{
    /// <summary>Bytes of all files together.</summary>
    public long MaxBytes { get; init; } = 16L * 1024 * 1024 * 1024;

    /// <summary>Files and directories.</summary>
    public int MaxEntries { get; init; } = 100_000;

    /// <summary>Directories inside directories.</summary>
    public int MaxDepth { get; init; } = 32;

    /// <summary>Bytes that stay free on the disk.</summary>
    public long KeepFree { get; init; } = 256L * 1024 * 1024;
}
