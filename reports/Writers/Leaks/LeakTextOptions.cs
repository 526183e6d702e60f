namespace MemTools.Reports.Writers;

/// <summary>How leak reports are written as text.</summary>
public sealed record LeakTextOptions
{
    /// <summary>Columns to fit; at least 60 are used.</summary>
    public int Width { get; init; } = 100;

    /// <summary>Colours; none unless the front gives some.</summary>
    public TextPalette Palette { get; init; } = TextPalette.None;

    /// <summary>Records shown per report, the largest first; null for all.</summary>
    public int? Top { get; init; }

    /// <summary>Leaves libc's and the C++ runtime's frames of stacks out.</summary>
    public bool OwnFramesOnly { get; init; }
}
