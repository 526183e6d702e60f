namespace MemTools.Reports.Symbols.Debuginfod;

/// <summary>The list of servers in DEBUGINFOD_URLS or <c>-DebuginfodUrl</c>.</summary>
public static class DebuginfodUrls
{
    /// <summary>Splits at blanks; words of elfutils' that are no address (<c>ima:enforcing</c>) are left out.</summary>
    /// <param name="text">The variable's value; null for none.</param>
    /// <param name="rejected">Words that are neither http, https nor file addresses.</param>
    public static IReadOnlyList<string> Parse(string? text, out IReadOnlyList<string> rejected)
    {
        var urls = new List<string>();
        var others = new List<string>();
        foreach (string word in (text ?? "").Split((char[])[' ', '\t', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (word.StartsWith("ima:", StringComparison.Ordinal))
                continue;
            if (!IsServer(word))
                others.Add(word);
            else if (!urls.Contains(word))
                urls.Add(word);
        }
        rejected = others;
        return urls;
    }

    /// <summary>Whether it is an address that a server can have.</summary>
    public static bool IsServer(string word) =>
        Uri.TryCreate(word, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" or "file";

    /// <summary>The address of an artifact: <c>URL/buildid/ID/debuginfo</c>.</summary>
    internal static Uri Of(string server, DebuginfodArtifact artifact)
    {
        string path = $"buildid/{artifact.BuildId}/{artifact.Kind}";
        if (artifact.SourcePath is { } source)
            path += string.Join('/', source.Split('/').Select(Uri.EscapeDataString));
        return new Uri(server.EndsWith('/') ? server + path : $"{server}/{path}");
    }
}
