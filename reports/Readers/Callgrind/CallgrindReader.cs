using System.Globalization;
using System.Text.RegularExpressions;
using MemTools.Reports.Model;

namespace MemTools.Reports.Readers.Callgrind;

/// <summary>
/// Callgrind's profile format, as callgrind, cachegrind and valgrind's --xtree-* write it (https://valgrind.org/docs/manual/cl-format.html).
/// The format holds costs of lines and of calls between functions, not stacks: lines are read as samples of one frame, so that flat values
/// are exact and cumulative ones equal them, which a warning says.
/// </summary>
public static partial class CallgrindReader
{
    private const int MaxEvents = 64;

    /// <summary>True when the beginning of a file is that of this format.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> beginning) =>
        beginning.StartsWith("# callgrind format"u8)
        || (beginning.IndexOf("\nevents: "u8) >= 0 && beginning.IndexOf("\nfn="u8) >= 0)
        || (beginning.StartsWith("events: "u8) && beginning.IndexOf("\nfn="u8) >= 0);

    /// <summary>Reads to the end.</summary>
    /// <exception cref="Errors.MemToolsException"><c>ReportMalformed</c> with the line.</exception>
    public static Profile Read(Stream stream, string name, CancellationToken cancellation)
    {
        using var reader = new StreamReader(stream);
        return new Body(name, cancellation).Read(reader);
    }

    [GeneratedRegex(@"^\((\d{1,9})\)(?: (.*))?$")]
    private static partial Regex CompressedName();

    private sealed class Body(string name, CancellationToken cancellation)
    {
        private readonly Dictionary<int, string> files = [];
        private readonly Dictionary<int, string> functions = [];
        private readonly Dictionary<int, string> objects = [];
        private readonly NamedStacks stacks = new();
        private readonly Dictionary<int, Sample> samples = [];
        private readonly List<string> comments = [];
        private SampleType[] types = [];
        private int positions = 1;
        private int linePosition;
        private readonly long[] last = new long[2];
        private string module = "";
        private string functionFile = "";
        private string file = "";
        private string function = "";
        private long number;

        public Profile Read(StreamReader reader)
        {
            bool callCost = false;
            while (reader.ReadLine() is { } line)
            {
                if ((++number & 0xFFF) == 0)
                    cancellation.ThrowIfCancellationRequested();
                if (line.Length == 0 || line[0] == '#')
                    continue;
                if (char.IsAsciiDigit(line[0]) || line[0] is '+' or '-' or '*')
                {
                    Cost(line, callCost);
                    callCost = false;
                }
                else if (line.StartsWith("calls=", StringComparison.Ordinal))
                {
                    callCost = true; // the next line is the cost of the call, which belongs to the callee
                }
                else
                {
                    Directive(line);
                }
            }

            if (types.Length == 0)
                throw ReportErrors.Malformed(name, number, 0, "no line \"events:\" says what is counted");
            stacks.Samples.AddRange(samples.Values);
            Profile profile = stacks.ToProfile(types, ["The callgrind format holds costs of lines and calls, not stacks: cumulative values equal flat ones."], types[0].Type);
            profile.Comments.AddRange(comments);
            return profile;
        }

        private void Directive(string line)
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && (colon < 0 || equals < colon))
            {
                Name(line[..equals], line[(equals + 1)..]);
                return;
            }

            string key = colon < 0 ? line : line[..colon];
            string value = colon < 0 ? "" : line[(colon + 1)..].Trim();
            if (key == "events")
                Events(value);
            else if (key == "positions")
                Positions(value);
            else if (key is "cmd" or "desc")
                comments.Add($"{key}: {value}");
        }

        private void Events(string value)
        {
            string[] names = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (names.Length is 0 or > MaxEvents)
                throw ReportErrors.Malformed(name, number, 0, $"expected 1 to {MaxEvents} event names");
            if (samples.Count > 0 && names.Length != types.Length)
                throw ReportErrors.Malformed(name, number, 0, $"other events than the {types.Length} that the costs before are of");
            // valgrind's xtree files count bytes in events that end in B: curB, totB, DB.
            types = Array.ConvertAll(names, one => new SampleType(one, one.EndsWith('B') ? "bytes" : "count"));
        }

        private void Positions(string value)
        {
            string[] names = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            // The format's grammar: "instr", "line", or both in this order; a cost has so many numbers in front.
            if (names is not (["instr"] or ["line"] or ["instr", "line"]))
                throw ReportErrors.Malformed(name, number, 0, "expected \"instr\", \"line\" or both as positions");
            positions = names.Length;
            linePosition = Array.IndexOf(names, "line");
        }

        private void Name(string key, string value)
        {
            switch (key)
            {
                case "ob":
                    module = Resolve(objects, value);
                    break;
                case "fl":
                    file = functionFile = Resolve(files, value);
                    break;
                case "fi" or "fe":
                    file = Resolve(files, value);
                    break;
                case "fn":
                    function = Resolve(functions, value);
                    file = functionFile;
                    break;
                case "cob":
                    Resolve(objects, value);
                    break;
                case "cfi" or "cfl":
                    Resolve(files, value);
                    break;
                case "cfn":
                    Resolve(functions, value);
                    break;
            }
        }

        private string Resolve(Dictionary<int, string> table, string value)
        {
            Match match = CompressedName().Match(value);
            if (!match.Success)
                return value;
            int id = int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
            if (match.Groups[2].Success)
                table[id] = match.Groups[2].Value;
            return table.TryGetValue(id, out string? known) ? known : throw ReportErrors.Malformed(name, number, 0, $"the name ({id}) was not introduced");
        }

        private void Cost(string text, bool isCall)
        {
            string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < positions || types.Length == 0)
                throw ReportErrors.Malformed(name, number, 0, "a line of costs needs its positions, and \"events:\" before it");
            for (int index = 0; index < positions; index++)
                last[index] = Position(words[index], last[index]);
            if (isCall)
                return;
            long line = linePosition < 0 ? 0 : last[linePosition];
            int frame = stacks.Frame(function, file == "???" ? "" : file, line is > 0 and < int.MaxValue ? (int)line : 0, module == "???" ? "" : module);
            if (!samples.TryGetValue(frame, out Sample? sample))
            {
                sample = new Sample { Locations = [frame], Values = new long[types.Length] };
                samples.Add(frame, sample);
            }

            // Costs at the end that are 0 may be left out.
            for (int index = 0; index < types.Length && positions + index < words.Length; index++)
                sample.Values[index] += Number(words[positions + index]);
        }

        /// <summary>Absolute (decimal or 0x), relative (+n, -n) or the same (*).</summary>
        private long Position(string word, long before) => word[0] switch
        {
            '*' => before,
            '+' => before + Number(word[1..]),
            '-' => before - Number(word[1..]),
            _ => Number(word),
        };

        private long Number(string word)
        {
            bool hex = word.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
            return long.TryParse(hex ? word.AsSpan(2) : word, hex ? NumberStyles.AllowHexSpecifier : NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
                ? value : throw ReportErrors.Malformed(name, number, 0, $"\"{word}\" is no number");
        }
    }
}
