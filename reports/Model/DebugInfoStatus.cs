namespace MemTools.Reports.Model;

/// <summary>How much naming information was found for a module, best last.</summary>
public enum DebugInfoLevel
{
    /// <summary>The file itself could not be read, or its build-id differs.</summary>
    None,

    /// <summary>Only dynamic symbols: names of exported functions.</summary>
    DynamicSymbols,

    /// <summary>A full symbol table: function names, no lines.</summary>
    Symbols,

    /// <summary>DWARF: functions, files, lines and inlined calls.</summary>
    Lines,
}

/// <summary>What was found for a module and, when something is missing, what would supply it.</summary>
/// <param name="Level">What the names of this module rest on.</param>
/// <param name="File">The file that supplied the best information; null when none was readable.</param>
/// <param name="Missing">What is missing and which file or package would supply it; null when nothing is missing.</param>
public sealed record DebugInfoStatus(DebugInfoLevel Level, string? File, string? Missing)
{
    private readonly Lazy<string?>? package;

    /// <summary>What is missing and which file or package would supply it; null when nothing is missing.</summary>
    public string? Missing { get => field is null ? null : field + package?.Value; init; } = Missing;

    /// <summary>Tells the package, as an end of the sentence; asked when somebody reads <see cref="Missing"/>.</summary>
    internal Func<string?> Package { init => package = new(value); }
}
