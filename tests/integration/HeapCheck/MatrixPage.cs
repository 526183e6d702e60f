using MemTools.IntegrationTests.Launch;

namespace MemTools.IntegrationTests.HeapCheck;

/// <summary>The table "Program kinds" of docs/heap-check.md: what the page says of each kind of program under each engine.</summary>
internal static class MatrixPage
{
    private const string Heading = "## Program kinds";

    /// <summary>Names of the engines in the table's head.</summary>
    public static IReadOnlyList<string> Engines => Rows()[0][1..];

    /// <summary>Kind, engine, and the words of the cell.</summary>
    public static IEnumerable<(string Kind, string Engine, string Words)> Cells()
    {
        List<string[]> rows = Rows();
        foreach (string[] row in rows.Skip(1))
            for (int i = 1; i < row.Length; i++)
                yield return (row[0], rows[0][i], row[i]);
    }

    private static List<string[]> Rows()
    {
        string page = Path.Combine(LaunchFixture.Top(), "docs/heap-check.md");
        IEnumerable<string> lines = File.ReadLines(page).SkipWhile(static line => line != Heading).Skip(1)
            .TakeWhile(static line => !line.StartsWith("## ", StringComparison.Ordinal)).SkipWhile(static line => !line.StartsWith('|'))
            .TakeWhile(static line => line.StartsWith('|'));
        return [.. lines.Where(static line => !line.StartsWith("|---", StringComparison.Ordinal)).Select(static line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries))];
    }
}
