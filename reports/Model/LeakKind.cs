namespace MemTools.Reports.Model;

/// <summary>What an engine says of the memory of a record.</summary>
public enum LeakKind
{
    /// <summary>Unreachable at the time of the check.</summary>
    Lost,

    /// <summary>Unreachable, but reachable from another lost block.</summary>
    IndirectlyLost,

    /// <summary>Only an interior pointer was found.</summary>
    PossiblyLost,

    /// <summary>Reachable at exit (engines that can tell).</summary>
    Reachable,

    /// <summary>Allocated and not freed; the engine cannot tell reachable from lost.</summary>
    StillLive,
}
