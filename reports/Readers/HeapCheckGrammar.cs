using System.Buffers;
using System.Globalization;

namespace MemTools.Reports.Readers;

/// <summary>What a line of the checker is.</summary>
internal enum HeapCheckLineKind
{
    Banner,
    Notice,
    Clean,
    Leaky,
    Inactive,
    Largest,
    Record,
    Frame,
    Skipping,
    ProfileCommand,
    LastAdvice,
}

/// <summary>One parsed line. Which fields count depends on the kind.</summary>
internal ref struct HeapCheckLine
{
    public HeapCheckLineKind Kind;
    public HeapCheckNoticeKind Notice;
    public long First;
    public long Second;
    public ulong Address;
    public ReadOnlySpan<char> Name;
    public ReadOnlySpan<char> Extra;
}

/// <summary>
/// The lines that the heap checker prints. Texts are Latin-1 characters standing for bytes, so that nothing is lost.
/// </summary>
/// <remarks>
/// <code>
/// banner   := "WARNING: Perftools heap leak checker is active -- Performance may suffer"
/// clean    := 'No leaks found for check "' NAME '" (but no 100% guarantee that there aren\'t any): found ' N ' reachable heap objects of ' B ' bytes'
/// inactive := 'Heap checker is not active, hence checker "' NAME '" will do nothing!' | 'Heap leak checker got turned off after checker "' NAME '" has been created, …'
/// leaky    := "Leak check " NAME " detected leaks of " B " bytes in " N " objects"
/// largest  := "The " K " largest leaks:"
/// record   := "Leak of " B " bytes in " N " objects allocated from:" NL frame*
/// frame    := "\t@ " hex-without-0x " " symbol?
/// skipping := "Skipping leaks numbered " A ".." B
/// command  := "pprof " EXE ' "' FILE '" --inuse_objects …'
/// </code>
/// </remarks>
internal static class HeapCheckGrammar
{
    public const string BannerText = "WARNING: Perftools heap leak checker is active -- Performance may suffer";
    private const string CleanHead = "No leaks found for check \"";
    private const string LeakyHead = "Leak check ";
    private const string RecordHead = "Leak of ";
    private const string FrameHead = "\t@ ";
    private const string InactiveHead = "Heap checker is not active, hence checker \"";
    private const string TurnedOffAfterHead = "Heap leak checker got turned off after checker \"";
    private const string PreloadHead = "ERROR: ld.so: object '";

    /// <summary>Beginnings of messages that are one fixed text or a fixed beginning with anything behind it.</summary>
    private static readonly (string Head, HeapCheckNoticeKind Kind)[] Notices =
    [
        ("Someone is ptrace()ing us; will turn itself off", HeapCheckNoticeKind.Ptraced),
        ("Turning perftools heap leak checking off", HeapCheckNoticeKind.TurnedOff),
        ("Can't run under Valgrind; will turn itself off", HeapCheckNoticeKind.UnderValgrind),
        ("HeapChecker: ignoring HEAPCHECK because program seems to be setuid", HeapCheckNoticeKind.Setuid),
        ("Unsupported heap_check flag: ", HeapCheckNoticeKind.UnsupportedMode),
        ("Can not start so late. You have to enable heap checking with HEAPCHECK=", HeapCheckNoticeKind.TooLate),
        ("Have memory regions w/o callers: might report false leaks", HeapCheckNoticeKind.RegionsWithoutCallers),
        ("Thread finding failed with ", HeapCheckNoticeKind.ThreadFindingFailed),
        ("Could not find thread stacks. Will likely report false leak positives.", HeapCheckNoticeKind.ThreadStacksNotFound),
        ("Thread stacks not found for ", HeapCheckNoticeKind.SomeThreadStacksNotFound),
        ("Not looking for thread stacks; objects reachable only from there will be reported as leaks", HeapCheckNoticeKind.NotLookingForThreadStacks),
        ("Memory region for stack at ", HeapCheckNoticeKind.StackRegionNotFound),
        ("Could not open /proc/self/maps: errno=", HeapCheckNoticeKind.MapsUnreadable),
        ("No shared libs detected. Will likely report false leak positives", HeapCheckNoticeKind.NoSharedLibraries),
        ("No live heap object at ", HeapCheckNoticeKind.NoLiveObject),
        ("Found leaks without pointer alignment as well: ", HeapCheckNoticeKind.AlignmentIsNotTheCause),
        ("--heap_check_test_pointer_alignment did not help to diagnose the leaks.", HeapCheckNoticeKind.AlignmentIsNotTheCause),
        ("Found no leaks without pointer alignment: ", HeapCheckNoticeKind.AlignmentIsTheCause),
        ("*** WARNING: Cannot convert addresses to symbols in output below.", HeapCheckNoticeKind.NoSymbols),
        ("*** Reason: Cannot ", HeapCheckNoticeKind.NoSymbols),
        ("*** If you cannot fix this, try running pprof directly.", HeapCheckNoticeKind.NoSymbols),
        ("Failed dumping filtered heap profile to ", HeapCheckNoticeKind.DumpFailed),
        ("Could not write pprof profile to ", HeapCheckNoticeKind.DumpFailed),
        ("Exiting with error code (instead of crashing) because of whole-program memory leaks", HeapCheckNoticeKind.ExitsForLeaks),
        ("Whole-program memory leaks found.", HeapCheckNoticeKind.AbortsForLeaks),
        ("tcmalloc: large alloc ", HeapCheckNoticeKind.LargeAllocation),
        ("Starting tracking the heap", HeapCheckNoticeKind.HeapProfiler),
        ("Dumping heap profile to ", HeapCheckNoticeKind.HeapProfiler),
        ("Failed dumping heap profile to ", HeapCheckNoticeKind.HeapProfiler),
        ("To activate set the HEAPCHECK environment variable.", HeapCheckNoticeKind.Advice),
    ];

    /// <summary>Only inside a report, because a program may well print such words.</summary>
    private static readonly (string Head, HeapCheckNoticeKind Kind)[] ReportNotices =
    [
        ("Using local file ", HeapCheckNoticeKind.Advice),
        ("Dumping non-live heap profile to ", HeapCheckNoticeKind.Advice),
        ("If the preceding stack traces are not enough to find the leaks", HeapCheckNoticeKind.Advice),
        ("If you are still puzzled about why the leaks are there", HeapCheckNoticeKind.Advice),
    ];

    private const string LastAdviceHead = "If the leak report occurs in a small fraction of runs";
    private const string ProfileCommandHead = "pprof ";
    private const string SkippingHead = "Skipping leaks numbered ";
    private const string LargestHead = "The ";
    private const string IdentifiedHead = "leaked ";

    private static readonly string[] OutsideHeads =
        [BannerText, CleanHead, LeakyHead, InactiveHead, TurnedOffAfterHead, PreloadHead, .. Notices.Select(n => n.Head)];

    private static readonly string[] InsideHeads =
    [
        .. OutsideHeads, RecordHead, FrameHead, SkippingHead, LargestHead, IdentifiedHead, ProfileCommandHead, LastAdviceHead,
        .. ReportNotices.Select(n => n.Head),
    ];

    /// <summary>Finds where a message may begin, outside a report.</summary>
    public static readonly SearchValues<string> Outside = SearchValues.Create(OutsideHeads, StringComparison.Ordinal);

    /// <summary>Finds where a message may begin, inside a report.</summary>
    public static readonly SearchValues<string> Inside = SearchValues.Create(InsideHeads, StringComparison.Ordinal);

    /// <summary>Length of the longest fixed beginning, in characters.</summary>
    public static readonly int LongestHead = InsideHeads.Max(h => h.Length);

    /// <summary>Where the longest tail of the text begins that more characters could turn into the beginning of a message; the length when there is none.</summary>
    public static int PossibleHead(ReadOnlySpan<char> text, bool inReport)
    {
        string[] heads = inReport ? InsideHeads : OutsideHeads;
        for (int start = Math.Max(0, text.Length - LongestHead); start < text.Length; start++)
        {
            ReadOnlySpan<char> tail = text[start..];
            foreach (string head in heads)
            {
                if (head.AsSpan().StartsWith(tail))
                {
                    return start;
                }
            }
        }

        return text.Length;
    }

    /// <summary>Parses a message that begins at the first character and ends with the line (without its newline).</summary>
    public static bool TryParse(ReadOnlySpan<char> text, bool inReport, out HeapCheckLine line)
    {
        line = default;
        if (text.StartsWith(FrameHead))
        {
            return inReport && TryFrame(text, ref line);
        }

        if (text.StartsWith(RecordHead) && inReport)
        {
            line.Kind = HeapCheckLineKind.Record;
            var cursor = new Cursor(text[RecordHead.Length..]);
            return cursor.Number(out line.First) && cursor.Literal(" bytes in ") && cursor.Number(out line.Second)
                && cursor.Literal(" objects allocated from:") && cursor.AtEnd;
        }

        if (text.StartsWith(BannerText))
        {
            line.Kind = HeapCheckLineKind.Banner;
            return text.Length == BannerText.Length;
        }

        if (text.StartsWith(CleanHead))
        {
            line.Kind = HeapCheckLineKind.Clean;
            return Between(text, CleanHead, "\" (but no 100% guarantee that there aren't any): found ", ref line.Name, out Cursor cursor)
                && cursor.Number(out line.First) && cursor.Literal(" reachable heap objects of ") && cursor.Number(out line.Second)
                && cursor.Literal(" bytes") && cursor.AtEnd;
        }

        if (text.StartsWith(LeakyHead))
        {
            line.Kind = HeapCheckLineKind.Leaky;
            return Between(text, LeakyHead, " detected leaks of ", ref line.Name, out Cursor cursor)
                && cursor.Number(out line.First) && cursor.Literal(" bytes in ") && cursor.Number(out line.Second)
                && cursor.Literal(" objects") && cursor.AtEnd;
        }

        if (text.StartsWith(InactiveHead))
        {
            line.Kind = HeapCheckLineKind.Inactive;
            return Between(text, InactiveHead, "\" will do nothing!", ref line.Name, out Cursor cursor) && cursor.AtEnd;
        }

        if (text.StartsWith(TurnedOffAfterHead))
        {
            line.Kind = HeapCheckLineKind.Inactive;
            return Between(text, TurnedOffAfterHead, "\" has been created", ref line.Name, out _);
        }

        if (text.StartsWith(PreloadHead))
        {
            line.Kind = HeapCheckLineKind.Notice;
            line.Notice = HeapCheckNoticeKind.PreloadFailed;
            return text.Contains("cannot be preloaded", StringComparison.Ordinal);
        }

        return TryNotice(text, Notices, ref line) || (inReport && TryReport(text, ref line));
    }

    private static bool TryReport(ReadOnlySpan<char> text, ref HeapCheckLine line)
    {
        if (text.StartsWith(LargestHead))
        {
            line.Kind = HeapCheckLineKind.Largest;
            var cursor = new Cursor(text[LargestHead.Length..]);
            return cursor.Number(out line.First) && cursor.Literal(" largest leaks:") && cursor.AtEnd;
        }

        if (text.StartsWith(SkippingHead))
        {
            line.Kind = HeapCheckLineKind.Skipping;
            var cursor = new Cursor(text[SkippingHead.Length..]);
            return cursor.Number(out line.First) && cursor.Literal("..") && cursor.Number(out line.Second) && cursor.AtEnd;
        }

        if (text.StartsWith(IdentifiedHead))
        {
            line.Kind = HeapCheckLineKind.Notice;
            line.Notice = HeapCheckNoticeKind.IdentifiedObject;
            var cursor = new Cursor(text[IdentifiedHead.Length..]);
            return cursor.Number(out _) && cursor.Literal(" byte object 0x") && cursor.Hex(out _) && cursor.AtEnd;
        }

        if (text.StartsWith(ProfileCommandHead))
        {
            return TryProfileCommand(text, ref line);
        }

        if (text.StartsWith(LastAdviceHead))
        {
            line.Kind = HeapCheckLineKind.LastAdvice;
            return true;
        }

        return TryNotice(text, ReportNotices, ref line);
    }

    /// <summary>The message is cut at the checker's buffer, so anything behind the program may be missing.</summary>
    private static bool TryProfileCommand(ReadOnlySpan<char> text, ref HeapCheckLine line)
    {
        line.Kind = HeapCheckLineKind.ProfileCommand;
        ReadOnlySpan<char> rest = text[ProfileCommandHead.Length..];
        int quote = rest.IndexOf(" \"");
        line.Name = quote < 0 ? default : rest[..quote];
        if (quote >= 0)
        {
            rest = rest[(quote + 2)..];
            int end = rest.LastIndexOf("-end.heap\"");
            line.Extra = end < 0 ? default : rest[..(end + "-end.heap".Length)];
        }

        return quote >= 0 || text.Length > 400;
    }

    private static bool TryFrame(ReadOnlySpan<char> text, ref HeapCheckLine line)
    {
        line.Kind = HeapCheckLineKind.Frame;
        var cursor = new Cursor(text[FrameHead.Length..]);
        if (!cursor.Hex(out line.Address))
        {
            return false;
        }

        if (cursor.AtEnd)
        {
            // Cut inside the address, or a tool stripped the trailing space.
            return true;
        }

        if (!cursor.Literal(" "))
        {
            return false;
        }

        line.Name = cursor.Rest;
        line.Extra = " ";
        return true;
    }

    private static bool TryNotice(ReadOnlySpan<char> text, (string Head, HeapCheckNoticeKind Kind)[] notices, ref HeapCheckLine line)
    {
        foreach ((string head, HeapCheckNoticeKind kind) in notices)
        {
            if (text.StartsWith(head))
            {
                line.Kind = HeapCheckLineKind.Notice;
                line.Notice = kind;
                return true;
            }
        }

        return false;
    }

    private static bool Between(ReadOnlySpan<char> text, string head, string tail, ref ReadOnlySpan<char> name, out Cursor cursor)
    {
        ReadOnlySpan<char> rest = text[head.Length..];
        int end = rest.LastIndexOf(tail);
        cursor = default;
        if (end < 0)
        {
            return false;
        }

        name = rest[..end];
        cursor = new Cursor(rest[(end + tail.Length)..]);
        return true;
    }

    private ref struct Cursor(ReadOnlySpan<char> text)
    {
        private ReadOnlySpan<char> text = text;

        public readonly bool AtEnd => text.IsEmpty;

        public readonly ReadOnlySpan<char> Rest => text;

        public bool Literal(string literal)
        {
            if (!text.StartsWith(literal))
            {
                return false;
            }

            text = text[literal.Length..];
            return true;
        }

        public bool Number(out long value)
        {
            int length = 0;
            while (length < text.Length && char.IsAsciiDigit(text[length]))
            {
                length++;
            }

            bool ok = long.TryParse(text[..length], NumberStyles.None, CultureInfo.InvariantCulture, out value);
            text = text[length..];
            return ok;
        }

        public bool Hex(out ulong value)
        {
            int length = 0;
            while (length < text.Length && char.IsAsciiHexDigit(text[length]))
            {
                length++;
            }

            bool ok = ulong.TryParse(text[..length], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
            text = text[length..];
            return ok;
        }
    }
}
