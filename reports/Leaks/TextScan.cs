using System.Text;
using MemTools.Reports.Readers;

namespace MemTools.Reports.Leaks;

/// <summary>
/// Reads a text that no engine's words open, to its end and once: a program may print much before an engine speaks.
/// </summary>
internal sealed class TextScan
{
    private const int MaxWords = 20;
    private const int Overlap = 64;

    /// <summary>What gperftools' checker said.</summary>
    public required HeapCheckLog HeapCheck { get; init; }

    /// <summary>Another engine's words were found: the format to read the text with; null when none.</summary>
    public ReportFormat? Other { get; init; }

    /// <summary>What jemalloc said of its own options and dumps (lines with "&lt;jemalloc&gt;: ").</summary>
    public required IReadOnlyList<string> JemallocWords { get; init; }

    public static TextScan Read(Stream stream, CancellationToken cancellation)
    {
        var classifier = new HeapCheckLineClassifier();
        var jemalloc = new List<string>();
        ReportFormat? other = null;
        byte[] chunk = new byte[256 * 1024];
        int kept = 0;
        int read;
        while ((read = stream.Read(chunk, kept, chunk.Length - kept)) > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            classifier.Feed(chunk.AsSpan(kept, read));
            ReadOnlySpan<byte> window = chunk.AsSpan(0, kept + read);
            other ??= Words(window);
            if (jemalloc.Count < MaxWords)
            {
                AddJemallocWords(window, jemalloc);
            }

            kept = Math.Min(Overlap, window.Length);
            window[^kept..].CopyTo(chunk);
        }

        return new TextScan { HeapCheck = classifier.Complete(), Other = other, JemallocWords = jemalloc };
    }

    private static ReportFormat? Words(ReadOnlySpan<byte> window) =>
        window.IndexOf("==ERROR: LeakSanitizer: "u8) >= 0 || window.IndexOf("==LeakSanitizer has encountered a fatal error"u8) >= 0
            || window.IndexOf("==ERROR: AddressSanitizer: "u8) >= 0
            ? ReportFormat.LeakSanitizer
            : window.IndexOf("== Memcheck, a memory error detector"u8) >= 0 || window.IndexOf("== LEAK SUMMARY:"u8) >= 0
                ? ReportFormat.ValgrindText
                : null;

    private static void AddJemallocWords(ReadOnlySpan<byte> window, List<string> words)
    {
        for (int at = window.IndexOf("<jemalloc>: "u8); at >= 0 && words.Count < MaxWords; at = window.IndexOf("<jemalloc>: "u8))
        {
            window = window[(at + "<jemalloc>: ".Length)..];
            int end = window.IndexOf((byte)'\n');
            string line = Encoding.UTF8.GetString(window[..Math.Min(end < 0 ? window.Length : end, 300)]);
            if (!words.Contains(line))
            {
                words.Add(line);
            }
        }
    }
}
