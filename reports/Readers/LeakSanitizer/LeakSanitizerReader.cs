using System.Globalization;
using System.Text;
using MemTools.Reports.Model;

namespace MemTools.Reports.Readers;

/// <summary>
/// Reads LeakSanitizer's text (also AddressSanitizer's leak part) out of a standard error stream or a log_path file, with the default frames or with
/// <c>stack_trace_format="%n|%p|%m|%o|%f|%s|%l|%c"</c>.
/// </summary>
/// <remarks>
/// <code>
/// report := "==PID==ERROR: LeakSanitizer: detected memory leaks" record* "SUMMARY: …Sanitizer: B byte(s) leaked in N allocation(s)."
/// record := ("Direct"|"Indirect") " leak of " B " byte(s) in " N " object(s) allocated from:" frame+
/// frame  := "    #" i " 0x" addr (" in " func (" " file ":" line (":" col)?)? | "  (" module "+0x" off ")") | n|addr|module|offset|func|file|line|col
/// fatal  := "==PID==LeakSanitizer has encountered a fatal error."
/// crash  := "==PID==ERROR: …Sanitizer: SEGV …"
/// </code>
/// A clean run prints nothing at all. Addresses are those of the calls (the return address less one).
/// </remarks>
public static class LeakSanitizerReader
{
    private const int MaxLine = 1 << 20;

    /// <summary>The stack_trace_format whose frames hold everything, to be put into LSAN_OPTIONS.</summary>
    public const string StackTraceFormat = "%n|%p|%m|%o|%f|%s|%l|%c";

    /// <summary>True when the text holds a sanitizer's words.</summary>
    public static bool Recognizes(string beginning)
    {
        ArgumentNullException.ThrowIfNull(beginning);
        return beginning.Contains("ERROR: LeakSanitizer: ", StringComparison.Ordinal)
            || beginning.Contains("LeakSanitizer has encountered a fatal error", StringComparison.Ordinal)
            || (beginning.Contains("Sanitizer: ", StringComparison.Ordinal) && beginning.Contains("byte(s) leaked in", StringComparison.Ordinal));
    }

    /// <summary>Reads every process's report in the stream, in order of appearance; empty when no sanitizer spoke.</summary>
    public static IReadOnlyList<EngineLeaks> Read(Stream stream, string name, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var lines = new ByteLineReader(stream, MaxLine);
        var state = new LeakSanitizerParser();
        while (lines.Next())
        {
            if ((lines.LineNumber & 0xfff) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            state.Take(lines.Line.TrimEnd((byte)'\r'));
        }

        return state.Complete(name);
    }
}

/// <summary>Takes lines one by one. Sanitizers write a report in one go, so reports of several processes follow each other.</summary>
internal sealed class LeakSanitizerParser
{
    private readonly List<EngineLeaks> reports = [];
    private readonly List<LeakSanitizerPlace> frames = [];
    private LeakSanitizerFrames places = new();
    private StackProfileBuilder? builder;
    private int? pid;
    private string? failure;
    private LeakKind kind;
    private long bytes;
    private long objects;
    private bool inRecord;
    private long recordBytes;
    private long recordObjects;

    public void Take(ReadOnlySpan<byte> bytesOfLine)
    {
        ReadOnlySpan<byte> line = bytesOfLine;
        if (inRecord)
        {
            if (places.TryTake(line, out LeakSanitizerPlace frame))
            {
                frames.Add(frame);
                return;
            }

            EndRecord();
        }

        int mark = line.IndexOf("=="u8);
        if (mark >= 0 && TryProcess(line[mark..], out int process, out ReadOnlySpan<byte> words))
        {
            TakeMarked(process, words);
        }
        else if (builder is not null)
        {
            TakeUnmarked(line);
        }
    }

    public IReadOnlyList<EngineLeaks> Complete(string name)
    {
        EndRecord();
        if (builder is not null)
        {
            builder.Warnings.Add($"{name} ends before the SUMMARY line: the report is cut off.");
            Finish(null, null, complete: false);
        }

        return reports;
    }

    private void TakeMarked(int process, ReadOnlySpan<byte> words)
    {
        if (words.StartsWith("ERROR: LeakSanitizer: detected memory leaks"u8))
        {
            if (builder is not null)
            {
                Finish(null, null, complete: false);
            }

            Start(process, null);
        }
        else if (words.StartsWith("LeakSanitizer has encountered a fatal error"u8))
        {
            AddFailure(process, words);
        }
        else if (words.StartsWith("ERROR: "u8) && words.IndexOf("Sanitizer: "u8) > 0 && words.IndexOf("detected memory leaks"u8) < 0)
        {
            // A crash is reported in the sanitizer's place; no leak check follows it.
            AddFailure(process, words);
        }
    }

    private void AddFailure(int process, ReadOnlySpan<byte> words)
    {
        if (builder is not null)
        {
            Finish(null, null, complete: false);
        }

        Start(process, Encoding.UTF8.GetString(words));
        Finish(null, null, complete: false);
    }

    private void TakeUnmarked(ReadOnlySpan<byte> line)
    {
        bool direct = line.StartsWith("Direct leak of "u8);
        if (direct || line.StartsWith("Indirect leak of "u8))
        {
            ReadOnlySpan<byte> rest = line[(direct ? "Direct leak of ".Length : "Indirect leak of ".Length)..];
            if (ByteParser.TryNumber(ref rest, out recordBytes) && ByteParser.TryLiteral(ref rest, " byte(s) in "u8)
                && ByteParser.TryNumber(ref rest, out recordObjects) && rest.StartsWith(" object(s) allocated from:"u8))
            {
                kind = direct ? LeakKind.Lost : LeakKind.IndirectlyLost;
                inRecord = true;
                frames.Clear();
            }
        }
        else if (line.StartsWith("Omitting "u8))
        {
            ReadOnlySpan<byte> rest = line["Omitting ".Length..];
            if (ByteParser.TryNumber(ref rest, out long omitted))
            {
                builder!.Warnings.Add($"LeakSanitizer left out {omitted} smaller leaks (max_leaks).");
            }
        }
        else if (line.StartsWith("SUMMARY: "u8))
        {
            TakeSummary(line);
        }
    }

    private void TakeSummary(ReadOnlySpan<byte> line)
    {
        int at = line.IndexOf("Sanitizer: "u8);
        ReadOnlySpan<byte> rest = at < 0 ? default : line[(at + "Sanitizer: ".Length)..];
        if (ByteParser.TryNumber(ref rest, out long summaryBytes) && ByteParser.TryLiteral(ref rest, " byte(s) leaked in "u8)
            && ByteParser.TryNumber(ref rest, out long summaryObjects))
        {
            Finish(summaryBytes, summaryObjects, complete: true);
        }
    }

    private void Start(int process, string? why)
    {
        builder = new StackProfileBuilder(returnAddresses: false);
        places = new LeakSanitizerFrames();
        (pid, failure, bytes, objects) = (process, why, 0, 0);
    }

    private void EndRecord()
    {
        if (!inRecord)
        {
            return;
        }

        inRecord = false;
        builder!.Add(places.ToLocations(frames, builder), kind, recordObjects, recordBytes);
        bytes += recordBytes;
        objects += recordObjects;
    }

    private void Finish(long? summaryBytes, long? summaryObjects, bool complete)
    {
        reports.Add(new EngineLeaks
        {
            Engine = "leaksanitizer",
            ProcessId = pid,
            Profile = builder!.Build(),
            Bytes = summaryBytes ?? bytes,
            Objects = summaryObjects ?? objects,
            IsComplete = complete,
            Failure = failure,
        });
        builder = null;
    }

    private static bool TryProcess(ReadOnlySpan<byte> text, out int process, out ReadOnlySpan<byte> words)
    {
        words = default;
        process = 0;
        text = text["==".Length..];
        if (!ByteParser.TryNumber(ref text, out long number) || number > int.MaxValue || !ByteParser.TryLiteral(ref text, "=="u8))
        {
            return false;
        }

        process = (int)number;
        words = text;
        return true;
    }
}
