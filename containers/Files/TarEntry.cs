namespace MemTools.Containers.Files;

/// <summary>What a tar entry is.</summary>
public enum TarKind
{
    File,
    Directory,
    SymbolicLink,
    HardLink,

    /// <summary>Devices, FIFOs and whatever else is not brought over.</summary>
    Other,
}

/// <summary>One entry of a tar stream. Nothing in it has been checked.</summary>
/// <param name="Name">Path as written.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Size">Bytes of content that follow; 0 for all but files.</param>
/// <param name="Mode">Permission bits.</param>
/// <param name="LinkName">Target of a link; empty for others.</param>
/// <param name="Modified">Time of change.</param>
public sealed record TarEntry(string Name, TarKind Kind, long Size, int Mode, string LinkName, DateTimeOffset Modified);
