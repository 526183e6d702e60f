using System.Text.RegularExpressions;

namespace MemTools.IntegrationTests.Containers;

/// <summary>A planted leak.</summary>
internal sealed record PlantedLeak(string Function, int Line, long Objects, long Bytes);

/// <summary>What the test program leaks, read from the marks in its source.</summary>
internal static partial class LeakyTruth
{
    public static IReadOnlyList<PlantedLeak> Leaks { get; } = Read();

    public static long Bytes => Leaks.Sum(l => l.Bytes);

    public static long Objects => Leaks.Sum(l => l.Objects);

    private static List<PlantedLeak> Read()
    {
        string[] lines = File.ReadAllLines(Path.Combine(TestEngine.ImageFolder, "leaky.c"));
        return
        [
            .. lines.Select((text, i) => (Match: Mark().Match(text), Line: i + 1)).Where(l => l.Match.Success).Select(l => new PlantedLeak(
                l.Match.Groups[1].Value, l.Line, long.Parse(l.Match.Groups[2].ValueSpan, System.Globalization.CultureInfo.InvariantCulture),
                long.Parse(l.Match.Groups[3].ValueSpan, System.Globalization.CultureInfo.InvariantCulture))),
        ];
    }

    [GeneratedRegex(@"/\* LEAK function=(\w+) objects=(\d+) bytes=(\d+) \*/")]
    private static partial Regex Mark();
}
