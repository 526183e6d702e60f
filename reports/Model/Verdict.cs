namespace MemTools.Reports.Model;

/// <summary>What a leak check proved.</summary>
public enum Verdict
{
    /// <summary>Nothing shows that a check ran to its end in the process. The safe default.</summary>
    NotChecked,

    /// <summary>The engine's own words or files show that the check ran to its end and found nothing.</summary>
    Clean,

    /// <summary>The check reported leaks.</summary>
    Leaks,
}
