namespace MemTools.Reports.Model;

/// <summary>A record's place in a comparison with a baseline.</summary>
public enum LeakStatus
{
    /// <summary>Not compared.</summary>
    None,

    /// <summary>Only in the newer report.</summary>
    New,

    /// <summary>Only in the older report.</summary>
    Fixed,

    /// <summary>In both, more bytes or objects now.</summary>
    Grown,

    /// <summary>In both, fewer bytes or objects now.</summary>
    Shrunk,

    /// <summary>In both, unchanged.</summary>
    Same,

    /// <summary>Matched by a suppression.</summary>
    Suppressed,
}
