using System.Text;

namespace MemTools.Cli.Parsing;

/// <summary>This process's arguments as the bytes that it was given: .NET replaces what is not valid UTF-8.</summary>
internal static class RawArguments
{
    /// <summary>The bytes of the last <paramref name="words"/>, a tail of this process's arguments.</summary>
    /// <param name="words">As .NET decoded them.</param>
    /// <param name="commandLine">Content of /proc/self/cmdline: each argument ends with a zero byte.</param>
    public static IReadOnlyList<byte[]> Of(IReadOnlyList<string> words, ReadOnlySpan<byte> commandLine)
    {
        var raw = new List<byte[]>();
        while (commandLine.Length > 0)
        {
            var end = commandLine.IndexOf((byte)0);
            raw.Add(commandLine[..(end < 0 ? commandLine.Length : end)].ToArray());
            commandLine = end < 0 ? [] : commandLine[(end + 1)..];
        }

        // Words that were valid need no second look; and where the kernel's copy does not match (tests, a changed argv), the words are right.
        var tail = raw.Count >= words.Count ? raw[^words.Count..] : [];
        var same = tail.Count == words.Count && tail.Zip(words).All(pair => Encoding.UTF8.GetString(pair.First) == pair.Second);
        return same ? tail : [.. words.Select(Encoding.UTF8.GetBytes)];
    }

    public static IReadOnlyList<byte[]> Of(IReadOnlyList<string> words) =>
        words.Any(word => word.Contains('\ufffd')) ? Of(words, File.ReadAllBytes("/proc/self/cmdline")) : [.. words.Select(Encoding.UTF8.GetBytes)];
}
