namespace MemTools.Allocators.Catalog;

/// <summary>Finds what a mistyped name was meant to be.</summary>
internal static class Spelling
{
    /// <summary>The candidate with the least edits (at most a third of its length); null when none is near.</summary>
    public static string? Nearest(string text, IEnumerable<string> candidates) =>
        candidates
            .Select(c => (Name: c, Edits: Edits(text.ToUpperInvariant(), c.ToUpperInvariant())))
            .Where(c => c.Edits <= Math.Max(1, c.Name.Length / 3))
            .OrderBy(c => c.Edits)
            .Select(c => c.Name)
            .FirstOrDefault();

    // Levenshtein's distance, one row at a time.
    private static int Edits(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
