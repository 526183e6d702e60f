using System.Collections;
using System.Text;

namespace MemTools.Allocators.Launch.Native;

/// <summary>A process's environment as bytes.</summary>
internal static class EnvironmentBlock
{
    private const char Replacement = '\uFFFD';

    /// <summary>This process's variables with changes applied (null value: removed).</summary>
    public static Dictionary<string, string> Merge(IReadOnlyDictionary<string, string?>? changes)
    {
        var merged = new Dictionary<string, string>(StringComparer.Ordinal);
        IDictionary own = Environment.GetEnvironmentVariables();
        foreach (DictionaryEntry entry in own)
            merged[(string)entry.Key] = (string?)entry.Value ?? "";
        if (changes is null)
            return merged;
        foreach ((string name, string? value) in changes)
        {
            if (value is null)
                merged.Remove(name);
            else
                merged[name] = value;
        }
        return merged;
    }

    /// <summary>
    /// NAME=VALUE entries. A value that is not valid UTF-8 reaches .NET with replacement characters: where the text is still what
    /// this process was started with, its bytes are taken from /proc instead.
    /// </summary>
    public static List<byte[]> Create(IReadOnlyDictionary<string, string> variables)
    {
        Dictionary<string, byte[]>? raw = null;
        var block = new List<byte[]>(variables.Count);
        foreach ((string name, string value) in variables)
        {
            string text = name + "=" + value;
            if (text.Contains(Replacement, StringComparison.Ordinal))
            {
                raw ??= ReadRaw();
                if (raw.TryGetValue(text, out byte[]? bytes))
                {
                    block.Add(bytes);
                    continue;
                }
            }
            block.Add(Encoding.UTF8.GetBytes(text));
        }
        return block;
    }

    private static Dictionary<string, byte[]> ReadRaw()
    {
        var entries = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        ReadOnlySpan<byte> rest = File.ReadAllBytes("/proc/self/environ");
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)0);
            ReadOnlySpan<byte> entry = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            entries[Encoding.UTF8.GetString(entry)] = entry.ToArray();
        }
        return entries;
    }
}
