using System.Globalization;
using System.Text;
using MemTools.Reports.Model;

namespace MemTools.Reports.Readers;

/// <summary>Reads valgrind memcheck's text: lines that begin with <c>==PID== </c>, anywhere in a standard error stream, of one or more processes.</summary>
/// <remarks>
/// <code>
/// record := N (" (" D " direct, " I " indirect)")? " bytes in " B " blocks are " KIND " in loss record " i " of " n, NL
///           "   at 0xIP: FN (FILE:LINE)" | "   at 0xIP: FN (in OBJECT)" | "   at 0xIP: ???", NL ("   by " …)*
/// </code>
/// Numbers have thousands separators. Only the file's base name is printed, unless --fullpath-after= is used.
/// </remarks>
public static class ValgrindTextReader
{
    private const int MaxLine = 1 << 20;

    /// <summary>True when the text holds memcheck's heading.</summary>
    public static bool Recognizes(string beginning)
    {
        ArgumentNullException.ThrowIfNull(beginning);
        return beginning.Contains("== Memcheck, a memory error detector", StringComparison.Ordinal)
            || (beginning.Contains("== HEAP SUMMARY:", StringComparison.Ordinal) && beginning.Contains("== LEAK SUMMARY:", StringComparison.Ordinal));
    }

    /// <summary>Reads the processes of the stream in order of appearance; empty when memcheck did not speak.</summary>
    public static IReadOnlyList<EngineLeaks> Read(Stream stream, string name, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var lines = new ByteLineReader(stream, MaxLine);
        var processes = new Dictionary<int, ValgrindTextProcess>();
        while (lines.Next())
        {
            if ((lines.LineNumber & 0xfff) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            ReadOnlySpan<byte> line = lines.Line.TrimEnd((byte)'\r');
            int mark = line.IndexOf("=="u8);
            if (mark < 0)
            {
                continue;
            }

            line = line[(mark + 2)..];
            if (ByteParser.TryNumber(ref line, out long pid) && pid is > 0 and <= int.MaxValue && ByteParser.TryLiteral(ref line, "=="u8))
            {
                if (!processes.TryGetValue((int)pid, out ValgrindTextProcess? process))
                {
                    processes[(int)pid] = process = new ValgrindTextProcess((int)pid);
                }

                process.Take(Encoding.UTF8.GetString(line.IsEmpty ? line : line[1..]));
            }
        }

        return [.. processes.Values.Where(p => p.IsValgrind).Select(p => p.Complete(name))];
    }
}

/// <summary>The lines of one process.</summary>
internal sealed class ValgrindTextProcess(int pid)
{
    private readonly ValgrindDocument document = new() { ProcessId = pid };
    private readonly List<ValgrindFrame> frames = [];
    private LeakKind kind;
    private long bytes;
    private long blocks;
    private bool inRecord;
    private bool sawLeakSummary;
    private string sentence = "";
    private long summaryBytes;
    private long summaryBlocks;

    /// <summary>True once memcheck's heading or summary came.</summary>
    public bool IsValgrind { get; private set; }

    public void Take(string line)
    {
        if (inRecord)
        {
            if (TryFrame(line, out ValgrindFrame frame))
            {
                frames.Add(frame);
                return;
            }

            EndRecord();
        }

        if (TryRecord(line))
        {
            return;
        }

        TakeHeading(line);
    }

    public EngineLeaks Complete(string name)
    {
        EndRecord();
        if (!sawLeakSummary)
        {
            document.Builder.Warnings.Add($"{name} ends before memcheck's summary: the process was killed or the text is cut off.");
        }

        EngineLeaks leaks = document.ToLeaks(sawLeakSummary);
        if (summaryBlocks <= leaks.Objects && summaryBytes <= leaks.Bytes)
        {
            return leaks;
        }

        // --leak-check=summary, the default, lists no records; other options leave some out.
        leaks.Profile.Warnings.Add(
            $"memcheck counted {summaryBytes} lost bytes in {summaryBlocks} blocks and listed stacks for {leaks.Bytes} in {leaks.Objects}; run it with --leak-check=full --show-leak-kinds=all.");
        return leaks with { Bytes = summaryBytes, Objects = summaryBlocks };
    }

    private void TakeHeading(string line)
    {
        if (line.StartsWith("Memcheck, a memory error detector", StringComparison.Ordinal))
        {
            IsValgrind = true;
        }
        else if (line.StartsWith("Command: ", StringComparison.Ordinal))
        {
            // Arguments follow, joined by blanks; a blank in the program's own path cannot be told apart.
            string command = line["Command: ".Length..];
            int blank = command.IndexOf(' ', StringComparison.Ordinal);
            document.Program = blank < 0 ? command : command[..blank];
        }
        else if (line.StartsWith("Process terminating with default action of signal ", StringComparison.Ordinal))
        {
            int open = line.IndexOf('(', StringComparison.Ordinal);
            document.Signal = open >= 0 ? line[(open + 1)..].TrimEnd(')') : line["Process terminating with default action of ".Length..];
        }
        else if (line.StartsWith("LEAK SUMMARY:", StringComparison.Ordinal) || line.StartsWith("All heap blocks were freed -- no leaks are possible", StringComparison.Ordinal))
        {
            IsValgrind = true;
            sawLeakSummary = true;
            (summaryBytes, summaryBlocks) = (0, 0);
        }
        else
        {
            TakeSummary(line);
        }
    }

    /// <summary><c>definitely lost: 6,460 bytes in 6 blocks</c>, and the same for indirectly and possibly lost, below each LEAK SUMMARY.</summary>
    private void TakeSummary(string line)
    {
        const string bytesWord = " bytes in ";
        int colon = line.IndexOf(" lost: ", StringComparison.Ordinal);
        int middle = colon < 0 ? -1 : line.IndexOf(bytesWord, colon + " lost: ".Length, StringComparison.Ordinal);
        if (middle < 0 || line[..colon].TrimStart() is not ("definitely" or "indirectly" or "possibly")
            || !TryCount(line[(colon + " lost: ".Length)..middle], out long lost)
            || !TryCount(line[(middle + bytesWord.Length)..].Split(' ')[0], out long lostBlocks))
        {
            return;
        }

        summaryBytes += lost;
        summaryBlocks += lostBlocks;
    }

    private bool TryRecord(string line)
    {
        // One behind the other: words that share a blank are no record.
        int blocksAt = line.IndexOf(" bytes in ", StringComparison.Ordinal);
        int areAt = blocksAt < 0 ? -1 : line.IndexOf(" blocks are ", blocksAt + " bytes in ".Length, StringComparison.Ordinal);
        int at = areAt < 0 ? -1 : line.IndexOf(" in loss record ", areAt + " blocks are ".Length, StringComparison.Ordinal);
        if (at < 0)
        {
            return false;
        }

        LeakKind? parsed = line[(areAt + " blocks are ".Length)..at] switch
        {
            "definitely lost" => LeakKind.Lost,
            "indirectly lost" => LeakKind.IndirectlyLost,
            "possibly lost" => LeakKind.PossiblyLost,
            "still reachable" => LeakKind.Reachable,
            _ => null,
        };
        string first = line[..blocksAt].Split(' ')[0];
        int blocksStart = blocksAt + " bytes in ".Length;
        if (parsed is null || !TryCount(first, out long total) || !TryCount(line[blocksStart..areAt], out blocks))
        {
            return false;
        }

        kind = parsed.Value;
        bytes = total;
        sentence = line;
        inRecord = true;
        frames.Clear();
        return true;
    }

    private void EndRecord()
    {
        if (inRecord)
        {
            inRecord = false;
            document.Add(kind, sentence, bytes, blocks, ValgrindFrame.ToLocations(frames, document.Builder));
        }
    }

    private static bool TryFrame(string line, out ValgrindFrame frame)
    {
        frame = default;
        string text = line.TrimStart();
        if (!(text.StartsWith("at 0x", StringComparison.Ordinal) || text.StartsWith("by 0x", StringComparison.Ordinal)))
        {
            return false;
        }

        int colon = text.IndexOf(": ", StringComparison.Ordinal);
        if (colon < 0 || !ulong.TryParse(text.AsSpan("at 0x".Length, colon - "at 0x".Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong address))
        {
            return false;
        }

        string rest = text[(colon + 2)..];
        int open = rest.LastIndexOf(" (", StringComparison.Ordinal);
        if (open < 0 || !rest.EndsWith(')'))
        {
            frame = new ValgrindFrame(address, null, rest == "???" ? null : rest, null, null, 0);
            return true;
        }

        string place = rest[(open + 2)..^1];
        string? function = rest[..open] is var name && name == "???" ? null : name;
        if (place.StartsWith("in ", StringComparison.Ordinal))
        {
            frame = new ValgrindFrame(address, place["in ".Length..], function, null, null, 0);
            return true;
        }

        int number = place.LastIndexOf(':');
        frame = number > 0 && int.TryParse(place.AsSpan(number + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int sourceLine)
            ? new ValgrindFrame(address, null, function, null, place[..number], sourceLine)
            : new ValgrindFrame(address, null, rest == "???" ? null : rest, null, null, 0);
        return true;
    }

    private static bool TryCount(string text, out long value) =>
        long.TryParse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out value);
}
