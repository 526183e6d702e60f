using MemTools.Reports.Model;

namespace MemTools.Reports.Writers;

/// <summary>Colours of text output as terminal sequences; <see cref="None"/> writes none. The front decides (terminal, NO_COLOR), not the writer.</summary>
public sealed record TextPalette
{
    /// <summary>No colours.</summary>
    public static TextPalette None { get; } = new();

    /// <summary>The basic colours that every terminal knows.</summary>
    public static TextPalette Ansi { get; } = new()
    {
        Bad = "\e[1;31m", Good = "\e[1;32m", Doubtful = "\e[1;33m", Heading = "\e[1m", Name = "\e[36m", Dim = "\e[2m", Reset = "\e[0m",
    };

    public string Bad { get; init; } = "";

    public string Good { get; init; } = "";

    public string Doubtful { get; init; } = "";

    public string Heading { get; init; } = "";

    public string Name { get; init; } = "";

    public string Dim { get; init; } = "";

    public string Reset { get; init; } = "";

    /// <summary>Wraps a text in a colour.</summary>
    public string Paint(string colour, string text) => colour.Length == 0 ? text : colour + text + Reset;

    /// <summary>The colour of a verdict.</summary>
    public string Of(Verdict verdict) => verdict switch
    {
        Verdict.Clean => Good,
        Verdict.Leaks => Bad,
        _ => Doubtful,
    };
}
