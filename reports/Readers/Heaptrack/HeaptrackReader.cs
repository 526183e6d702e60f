using MemTools.Reports.Errors;
using MemTools.Reports.Model;

namespace MemTools.Reports.Readers;

/// <summary>Reads heaptrack's file, version 3 and older ones of the same letters, interpreted or raw, unpacked.</summary>
/// <remarks>
/// Numbers are hexadecimal. Lines: <c>v</c> version and file version, <c>X</c> command, <c>x</c> executable (raw), <c>I</c> page size and pages,
/// <c>s</c> string (from version 3 with its length in front), <c>i</c> instruction pointer with module and (function, file, line)*, innermost first,
/// <c>t</c> trace node (ip, parent), <c>a</c> allocation kind (size, trace), <c>+</c> and <c>-</c> events, <c>c</c> milliseconds, <c>R</c> resident pages,
/// <c>m</c> modules (raw: name, base, then pairs of address and size), <c>A</c> attached later, <c>S</c> suppression, <c>#</c> comment. Raw events hold
/// sizes and pointers. Addresses are those of the calls (less one). Source: heaptrack's accumulatedtracedata.cpp and heaptrack_interpret.cpp.
/// </remarks>
public static class HeaptrackReader
{
    private const int MaxLine = 1 << 20;

    /// <summary>True for the version line, which comes first, and for the counts that are all there is where nothing was recorded.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> beginning)
    {
        if (beginning.StartsWith("\n# strings: "u8))
        {
            return true;
        }

        ReadOnlySpan<byte> text = beginning;
        return ByteParser.TryLiteral(ref text, "v "u8) && ByteParser.TryHex(ref text, out _) && ByteParser.SkipSpaces(ref text)
            && ByteParser.TryHex(ref text, out _) && !text.IsEmpty && text[0] == '\n';
    }

    /// <summary>Reads to the end.</summary>
    /// <exception cref="MemToolsException"><c>ReportMalformed</c>, <c>ReportVersionUnsupported</c>.</exception>
    public static EngineLeaks Read(Stream stream, string name, CancellationToken cancellation) => Trace(stream, name, cancellation).Complete();

    /// <summary>Reads to the end: everything allocated, at the peak, and left.</summary>
    /// <exception cref="MemToolsException"><c>ReportMalformed</c>, <c>ReportVersionUnsupported</c>.</exception>
    public static Profile ReadProfile(Stream stream, string name, CancellationToken cancellation) => Trace(stream, name, cancellation).ToProfile();

    private static HeaptrackTrace Trace(Stream stream, string name, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var lines = new ByteLineReader(stream, MaxLine);
        var trace = new HeaptrackTrace(name);
        while (lines.Next())
        {
            if ((lines.LineNumber & 0xffff) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            if (!lines.HasNewline && !lines.IsTooLong)
            {
                trace.WarnCut(lines.LineNumber);
                break;
            }

            if (!trace.Take(lines.Line))
            {
                throw ReportErrors.Malformed(name, lines.LineNumber, lines.Offset, "this is no line of heaptrack's format, or it refers to something that was not defined before");
            }
        }

        return trace;
    }
}
