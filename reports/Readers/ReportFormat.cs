using System.Text;

namespace MemTools.Reports.Readers;

/// <summary>What a file is, by its content alone.</summary>
public enum ReportFormat
{
    /// <summary>Text without any engine's words, perhaps a program's standard error.</summary>
    Text,

    /// <summary>No bytes.</summary>
    Empty,

    /// <summary>Neither text nor a known binary format.</summary>
    Binary,

    /// <summary>Standard error with the words of gperftools' heap checker.</summary>
    HeapCheckLog,

    /// <summary>gperftools' heap profile, <c>heap profile: …</c>.</summary>
    HeapFile,

    /// <summary>jemalloc's heap profile, <c>heap_v2/PERIOD</c>.</summary>
    JemallocHeap,

    /// <summary>LeakSanitizer's (or AddressSanitizer's) text.</summary>
    LeakSanitizer,

    /// <summary>valgrind's XML, protocol 4.</summary>
    ValgrindXml,

    /// <summary>valgrind's text, <c>==PID== </c>.</summary>
    ValgrindText,

    /// <summary>glibc's mtrace log, <c>= Start</c>.</summary>
    Mtrace,

    /// <summary>heaptrack's file, raw or interpreted, plain or compressed.</summary>
    Heaptrack,

    /// <summary>pprof's profile.proto, plain or gzip.</summary>
    Pprof,

    /// <summary>A leak report that MemTools exported as JSON.</summary>
    LeakReportJson,
}

/// <summary>Recognises formats by their first bytes.</summary>
public static class ReportFormats
{
    /// <summary>Bytes that <see cref="Recognize"/> wants to see.</summary>
    public const int BeginningLength = 64 * 1024;

    /// <summary>What the beginning of a file says. Compressed beginnings must be unpacked first.</summary>
    public static ReportFormat Recognize(ReadOnlySpan<byte> beginning)
    {
        if (beginning.IsEmpty)
        {
            return ReportFormat.Empty;
        }

        if (HeapFileReader.Recognizes(beginning))
        {
            return ReportFormat.HeapFile;
        }

        if (JemallocHeapReader.Recognizes(beginning))
        {
            return ReportFormat.JemallocHeap;
        }

        if (MtraceReader.Recognizes(beginning))
        {
            return ReportFormat.Mtrace;
        }

        if (HeaptrackReader.Recognizes(beginning))
        {
            return ReportFormat.Heaptrack;
        }

        if (LooksLikeExport(beginning))
        {
            return ReportFormat.LeakReportJson;
        }

        // Words may stand anywhere in a program's standard error, so a text is judged by all of its beginning.
        string text = Encoding.Latin1.GetString(beginning);
        if (text.AsSpan(0, Math.Min(text.Length, 4096)).Contains("<valgrindoutput>", StringComparison.Ordinal))
        {
            return ReportFormat.ValgrindXml;
        }

        if (LeakSanitizerReader.Recognizes(text))
        {
            return ReportFormat.LeakSanitizer;
        }

        if (ValgrindTextReader.Recognizes(text))
        {
            return ReportFormat.ValgrindText;
        }

        if (ContainsCheckerWords(text))
        {
            return ReportFormat.HeapCheckLog;
        }

        return LooksBinary(beginning) ? ReportFormat.Binary : ReportFormat.Text;
    }

    private static bool LooksLikeExport(ReadOnlySpan<byte> beginning)
    {
        if (beginning.StartsWith("\uFEFF"u8))
        {
            beginning = beginning[3..];
        }

        beginning = beginning.TrimStart(" \t\r\n"u8);
        return beginning.Length > 0 && beginning[0] is (byte)'[' or (byte)'{'
            && beginning.IndexOf("\"schemaVersion\""u8) >= 0 && beginning.IndexOf("\"verdict\""u8) >= 0;
    }

    private static bool ContainsCheckerWords(string text) => text.AsSpan().ContainsAny(HeapCheckGrammar.Outside);

    /// <summary>Programs print colours and other control bytes, but no NUL bytes in quantity.</summary>
    private static bool LooksBinary(ReadOnlySpan<byte> bytes) => bytes.Count((byte)0) * 100 > bytes.Length;
}
