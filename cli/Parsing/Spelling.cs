namespace MemTools.Cli.Parsing;

/// <summary>Suggestions for mistyped words.</summary>
internal static class Spelling
{
    /// <summary>The candidate at most two edits away (one for short words), or null.</summary>
    public static string? Nearest(string word, IEnumerable<string> candidates)
    {
        var limit = word.Length <= 4 ? 1 : 2;
        return candidates.Select(candidate => (candidate, Distance: Distance(word, candidate)))
            .Where(pair => pair.Distance <= limit).OrderBy(pair => pair.Distance).Select(pair => pair.candidate).FirstOrDefault();
    }

    /// <summary>Edits between two words, swapped neighbours counted as one (optimal string alignment).</summary>
    private static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            rows[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                rows[i, j] = Math.Min(Math.Min(rows[i - 1, j] + 1, rows[i, j - 1] + 1), rows[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }

        return rows[a.Length, b.Length];
    }
}
