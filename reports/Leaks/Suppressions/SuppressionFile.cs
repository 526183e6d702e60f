using System.Globalization;
using System.Text;
using MemTools.Reports.Errors;
using MemTools.Reports.Model;

namespace MemTools.Reports.Leaks;

/// <summary>Reads suppressions as LeakSanitizer, heaptrack and valgrind write them, in one file or several, mixed as you like.</summary>
/// <remarks>
/// <code>
/// file    := (comment | "leak:" pattern | block)*
/// block   := "{" NL name NL tool ":Leak" NL ("match-leak-kinds:" kind ("," kind)*)? ("fun:" glob | "obj:" glob | "src:" glob (":" line)? | "...")* "}"
/// comment := "#" text;  "# reason: TEXT", "# expires: YYYY-MM-DD" and "# fingerprint: HEX" belong to the suppression that follows or that they stand in
/// kind    := definite | indirect | possible | reachable | all
/// </code>
/// Sources: valgrind's manual 2.5, the AddressSanitizer wiki, heaptrack's suppressions.cpp. Suppressions of other tools (<c>race:</c>, <c>Memcheck:Cond</c>) are
/// passed over.
/// </remarks>
public static class SuppressionFile
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="MemToolsException"><c>SuppressionNotFound</c>, <c>SuppressionMalformed</c> with the line.</exception>
    public static IReadOnlyList<LeakSuppression> Read(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MemToolsException(
                "SuppressionNotFound", MemToolsErrorCategory.ObjectNotFound, $"The suppressions {path} cannot be read: {e.Message}", path,
                "Check the path; docs/suppressions.md shows the forms.", e);
        }
    }

    /// <summary>Reads a text.</summary>
    public static IReadOnlyList<LeakSuppression> Parse(string text, string name)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parser = new Parser(name);
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            parser.Take(lines[i].Trim(), i + 1);
        }

        return parser.Complete();
    }

    private sealed class Parser(string name)
    {
        private readonly List<LeakSuppression> suppressions = [];
        private Notes notes;
        private Block? block;
        private int line;

        private record struct Notes(string? Reason, DateOnly? Expires, string? Fingerprint);

        private sealed class Block(int line)
        {
            public int Line { get; } = line;

            public string? Name { get; set; }

            public string? Tool { get; set; }

            public HashSet<LeakKind>? Kinds { get; set; }

            public List<FramePattern> Frames { get; } = [];
        }

        public void Take(string text, int number)
        {
            line = number;
            if (text.StartsWith('#'))
            {
                TakeComment(text[1..].Trim());
            }
            else if (text.Length == 0)
            {
                return;
            }
            else if (block is not null)
            {
                TakeInBlock(block, text);
            }
            else if (text == "{")
            {
                block = new Block(number);
            }
            else
            {
                TakeColonLine(text);
            }
        }

        public List<LeakSuppression> Complete()
        {
            if (block is { } open)
            {
                line = open.Line;
                throw Malformed("this block is never closed with }");
            }

            return suppressions;
        }

        private void TakeComment(string text)
        {
            int colon = text.IndexOf(':', StringComparison.Ordinal);
            string value = colon < 0 ? "" : text[(colon + 1)..].Trim();
            switch (colon < 0 ? "" : text[..colon].Trim().ToLowerInvariant())
            {
                case "reason":
                    notes = notes with { Reason = value };
                    break;
                case "fingerprint":
                    notes = notes with { Fingerprint = value };
                    break;
                case "expires":
                    notes = DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day)
                        ? notes with { Expires = day }
                        : throw Malformed($"\"{value}\" is no date; write # expires: YYYY-MM-DD");
                    break;
            }
        }

        private void TakeColonLine(string text)
        {
            int colon = text.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
            {
                throw Malformed($"\"{text}\" is neither leak:PATTERN nor the brace that opens a block of valgrind's");
            }

            string pattern = text[(colon + 1)..].Trim();
            if (text[..colon].Trim() == "leak")
            {
                if (pattern.Length == 0)
                {
                    throw Malformed("leak: without a pattern would suppress everything");
                }

                Add(pattern, [new FramePattern(FramePatternKind.AnyName, NamePattern.Anywhere(pattern))], null, line);
            }

            // race:, mutex: and others belong to other sanitizers.
            notes = default;
        }

        private void TakeInBlock(Block current, string text)
        {
            if (text == "}")
            {
                block = null;
                Close(current);
            }
            else if (current.Name is null)
            {
                current.Name = text;
            }
            else if (current.Tool is null)
            {
                current.Tool = text;
            }
            else if (text == "...")
            {
                current.Frames.Add(new FramePattern(FramePatternKind.AnyFrames, null));
            }
            else
            {
                TakeFrame(current, text);
            }
        }

        private void TakeFrame(Block current, string text)
        {
            int colon = text.IndexOf(':', StringComparison.Ordinal);
            string value = colon < 0 ? "" : text[(colon + 1)..].Trim();
            switch (colon < 0 ? "" : text[..colon].Trim())
            {
                case "match-leak-kinds":
                    current.Kinds = Kinds(value);
                    break;
                case "fun":
                    current.Frames.Add(new FramePattern(FramePatternKind.Function, NamePattern.Whole(value)));
                    break;
                case "obj":
                    current.Frames.Add(new FramePattern(FramePatternKind.Module, NamePattern.Whole(value)));
                    break;
                case "src":
                    int number = value.LastIndexOf(':');
                    current.Frames.Add(number > 0 && int.TryParse(value.AsSpan(number + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int sourceLine)
                        ? new FramePattern(FramePatternKind.Source, NamePattern.Whole(value[..number]), sourceLine)
                        : new FramePattern(FramePatternKind.Source, NamePattern.Whole(value)));
                    break;
                default:
                    if (IsLeak(current))
                    {
                        throw Malformed($"\"{text}\" is none of fun:, obj:, src:, ... and match-leak-kinds:");
                    }

                    break;
            }
        }

        private void Close(Block current)
        {
            if (IsLeak(current))
            {
                if (current.Frames.TrueForAll(f => f.Kind == FramePatternKind.AnyFrames) && notes.Fingerprint is null)
                {
                    throw Malformed($"the block \"{current.Name}\" names no frame and would suppress everything");
                }

                Add(current.Name!, current.Frames, current.Kinds, current.Line);
            }

            notes = default;
        }

        private static bool IsLeak(Block current)
        {
            int colon = current.Tool?.IndexOf(':', StringComparison.Ordinal) ?? -1;
            return colon > 0 && current.Tool![..colon].Split(',').Any(t => t.Trim() is "Memcheck" or "memcheck" or "MemTools") && current.Tool[(colon + 1)..].Trim() == "Leak";
        }

        private HashSet<LeakKind> Kinds(string text)
        {
            var kinds = new HashSet<LeakKind>();
            foreach (string kind in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                kinds.UnionWith(kind switch
                {
                    "definite" => [LeakKind.Lost, LeakKind.StillLive],
                    "indirect" => [LeakKind.IndirectlyLost, LeakKind.StillLive],
                    "possible" => [LeakKind.PossiblyLost],
                    "reachable" => [LeakKind.Reachable, LeakKind.StillLive],
                    "all" => Enum.GetValues<LeakKind>(),
                    "none" => [],
                    _ => throw Malformed($"\"{kind}\" is none of definite, indirect, possible, reachable, all, none"),
                });
            }

            return kinds;
        }

        private void Add(string title, IReadOnlyList<FramePattern> frames, HashSet<LeakKind>? kinds, int at)
        {
            suppressions.Add(new LeakSuppression
            {
                Name = title, Frames = frames, Kinds = kinds, Reason = notes.Reason, Expires = notes.Expires, Fingerprint = notes.Fingerprint,
                Source = string.Create(CultureInfo.InvariantCulture, $"{name}:{at}"),
            });
        }

        private MemToolsException Malformed(string what) => new(
            "SuppressionMalformed", MemToolsErrorCategory.ParserError, string.Create(CultureInfo.InvariantCulture, $"{name}, line {line}: {what}"), name,
            "Correct the line; docs/suppressions.md shows the forms.");
    }
}
