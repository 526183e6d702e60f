using System.Runtime.InteropServices;
using System.Text;
using MemTools.Reports.Model;
using MemTools.Reports.Symbols.Demangle;

namespace MemTools.Reports.Readers;

/// <summary>Reads glibc's malloc trace (MALLOC_TRACE). What is allocated and not freed by the end of the log is live.</summary>
/// <remarks>
/// <code>
/// line  := "= Start" | "= End" | "@ " place " " event
/// place := FILE ":" ("(" SYMBOL "+" HEX ")")? "[0x" OFFSET "]" | "[0x" ADDRESS "]"
/// event := "+ 0x" PTR " 0x" SIZE | "- 0x" PTR | "&lt; 0x" PTR | "> 0x" PTR " 0x" SIZE | "! 0x" PTR " 0x" SIZE
/// </code>
/// "&lt;" and "&gt;" are the two halves of a realloc, "!" is a realloc that failed. There is one frame: the return address of the call into malloc. Forked
/// children append to the same log and exec truncates it, so a line may be cut by another "= Start".
/// Source: malloc/mtrace-impl.c of glibc 2.36 and the mtrace script.
/// </remarks>
public static class MtraceReader
{
    /// <summary>Where modules are placed in the profile: the log has offsets only, so any distinct bases do.</summary>
    private const ulong FirstBase = 0x1_0000_0000_0000;

    private const ulong BaseStep = 0x100_0000_0000;

    private const int MaxLine = 1 << 20;

    /// <summary>Distinct texts of places that are remembered; further ones are read each time.</summary>
    private const int KnownPlaces = 1 << 20;

    /// <summary>True for the log's first line.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> beginning) =>
        beginning.StartsWith("= Start"u8) && (beginning.Length <= 8 || beginning[7] is (byte)'\n' or (byte)'\r');

    /// <summary>Reads the log; memory grows with what is live at one time, not with the length.</summary>
    public static EngineLeaks Read(Stream stream, string name, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var lines = new ByteLineReader(stream, MaxLine);
        var log = new MtraceLog();
        while (lines.Next())
        {
            if ((lines.LineNumber & 0xfff) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            if (!log.Take(lines.Line.TrimEnd((byte)'\r'), lines.HasNewline))
            {
                throw ReportErrors.Malformed(name, lines.LineNumber, lines.Offset, "expected \"@ FILE:[0xOFFSET] + 0xPOINTER 0xSIZE\", its kind, or \"= Start\"");
            }
        }

        return log.Complete(FirstBase, BaseStep);
    }

    /// <summary>The state of the heap as the log goes on.</summary>
    private sealed class MtraceLog
    {
        private readonly Dictionary<ulong, (int Place, long Size)> live = [];
        private readonly List<(string File, ulong Offset, string Symbol)> places = [];
        private readonly Dictionary<(string, ulong), int> placeIndex = [];
        private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> known = ByteKeys.Table<int>();
        private int starts;
        private bool ended;
        private long unknownFrees;
        private bool cut;

        public bool Take(ReadOnlySpan<byte> line, bool hasNewline)
        {
            int restart = line.IndexOf("= Start"u8);
            if (restart >= 0 && line[restart..].SequenceEqual("= Start"u8))
            {
                cut |= restart > 0;
                starts++;
                ended = false;
                return true;
            }

            if (line.StartsWith("= End"u8))
            {
                ended = true;
                return true;
            }

            if (line.IsEmpty)
            {
                return true;
            }

            if (!hasNewline)
            {
                cut = true;
                return true;
            }

            return TakeEvent(line);
        }

        public EngineLeaks Complete(ulong firstBase, ulong step)
        {
            var builder = new StackProfileBuilder(returnAddresses: true);
            var modules = new Dictionary<string, int>(StringComparer.Ordinal);
            var sums = new (long Objects, long Bytes)[places.Count];
            foreach ((int index, long size) in live.Values)
            {
                sums[index] = (sums[index].Objects + 1, sums[index].Bytes + size);
            }

            for (int i = 0; i < sums.Length; i++)
            {
                if (sums[i].Objects > 0)
                {
                    (string file, ulong offset, string symbol) = places[i];
                    builder.Add([Location(builder, modules, file, offset, symbol, firstBase, step)], LeakKind.StillLive, sums[i].Objects, sums[i].Bytes);
                }
            }

            AddWarnings(builder.Warnings);
            return new EngineLeaks { Engine = "mtrace", Profile = builder.Build(), Fallbacks = builder.Fallbacks, IsComplete = ended && !cut };
        }

        private void AddWarnings(List<string> warnings)
        {
            if (starts > 1)
            {
                warnings.Add($"{starts} processes wrote to this log (fork or exec): what each of them holds cannot be told apart.");
            }

            if (cut)
            {
                warnings.Add("The log is cut in the middle of a line: the process was killed, or exec truncated its log.");
            }

            if (unknownFrees > 0)
            {
                warnings.Add($"{unknownFrees} blocks were freed that the log had not seen allocated (allocated before mtrace() was called).");
            }
        }

        private bool TakeEvent(ReadOnlySpan<byte> line)
        {
            if (!ByteParser.TryLiteral(ref line, "@ "u8))
            {
                return false;
            }

            // The place may hold blanks; the event is what follows the last "] ".
            int end = line.LastIndexOf("] "u8);
            if (end < 0 || !TryPlace(line[..(end + 1)], out int place))
            {
                return false;
            }

            ReadOnlySpan<byte> rest = line[(end + 2)..];
            byte kind = rest.IsEmpty ? (byte)0 : rest[0];
            rest = rest.IsEmpty ? rest : rest[1..];
            if (!ByteParser.SkipSpaces(ref rest) || !TryAddress(ref rest, out ulong pointer))
            {
                return false;
            }

            switch (kind)
            {
                case (byte)'-' or (byte)'<':
                    unknownFrees += live.Remove(pointer) ? 0 : 1;
                    return rest.IsEmpty;
                case (byte)'!':
                    return true;
                case (byte)'+' or (byte)'>':
                    if (!ByteParser.SkipSpaces(ref rest))
                    {
                        return false;
                    }

                    // The size is printed with %#lx, which gives a bare 0 for zero.
                    ByteParser.TryLiteral(ref rest, "0x"u8);
                    if (!ByteParser.TryHex(ref rest, out ulong size) || !rest.IsEmpty || size > long.MaxValue)
                    {
                        return false;
                    }

                    if (pointer != 0)
                    {
                        live[pointer] = (place, (long)size);
                    }

                    return true;
                default:
                    return false;
            }
        }

        private bool TryPlace(ReadOnlySpan<byte> text, out int place)
        {
            if (known.TryGetValue(text, out place))
            {
                return true;
            }

            if (!TryReadPlace(text, out place))
            {
                return false;
            }

            if (known.Dictionary.Count < KnownPlaces)
            {
                known[text] = place;
            }

            return true;
        }

        private bool TryReadPlace(ReadOnlySpan<byte> text, out int place)
        {
            place = -1;
            int open = text.LastIndexOf((byte)'[');
            if (open < 0)
            {
                return false;
            }

            ReadOnlySpan<byte> number = text[(open + 1)..^1];
            if (!TryAddress(ref number, out ulong offset) || !number.IsEmpty)
            {
                return false;
            }

            ReadOnlySpan<byte> before = text[..open];
            string symbol = "";
            if (before.EndsWith(")"u8))
            {
                int bracket = before.LastIndexOf((byte)'(');
                if (bracket < 0)
                {
                    return false;
                }

                ReadOnlySpan<byte> name = before[(bracket + 1)..^1];
                int plus = name.LastIndexOfAny((byte)'+', (byte)'-');
                symbol = Encoding.UTF8.GetString(plus < 0 ? name : name[..plus]);
                before = before[..bracket];
            }

            string file = Encoding.UTF8.GetString(before.TrimEnd((byte)':'));
            ref int index = ref CollectionsMarshal.GetValueRefOrAddDefault(placeIndex, (file, offset), out bool exists);
            if (!exists)
            {
                index = places.Count;
                places.Add((file, offset, symbol));
            }

            place = index;
            return true;
        }

        private static bool TryAddress(ref ReadOnlySpan<byte> text, out ulong value)
        {
            if (ByteParser.TryLiteral(ref text, "(nil)"u8))
            {
                value = 0;
                return true;
            }

            value = 0;
            return ByteParser.TryLiteral(ref text, "0x"u8) && ByteParser.TryHex(ref text, out value);
        }

        private static int Location(
            StackProfileBuilder builder, Dictionary<string, int> modules, string file, ulong offset, string symbol, ulong firstBase, ulong step)
        {
            if (file.Length == 0)
            {
                return builder.Location(offset, -1);
            }

            if (!modules.TryGetValue(file, out int number))
            {
                modules[file] = number = modules.Count;
            }

            ulong start = firstBase + ((ulong)number * step);
            int location = builder.Location(start + offset, builder.Module(file, start));
            if (symbol.Length > 0)
            {
                builder.SetFallback(location, builder.Line(Demangler.Demangle(symbol), "", 0));
            }

            return location;
        }
    }
}
