using System.Runtime.InteropServices;
using System.Text;

namespace MemTools.Cli.Infrastructure;

/// <summary>The command's output streams and what they may show. Tests make one over string writers.</summary>
internal sealed partial class Terminal
{
    private const int DefaultWidth = 100;

    public Terminal(Stream output, Stream error, bool outIsTerminal, bool errorIsTerminal, bool noColour)
    {
        OutStream = output;
        ErrorStream = error;
        Out = new StreamWriter(output, new UTF8Encoding(false), 8192) { NewLine = "\n" };
        Error = new StreamWriter(error, new UTF8Encoding(false), 1024) { NewLine = "\n", AutoFlush = true };
        OutIsTerminal = outIsTerminal;
        ErrorIsTerminal = errorIsTerminal;
        OutStyle = new Style(outIsTerminal && !noColour);
        ErrorStyle = new Style(errorIsTerminal && !noColour);
    }

    /// <summary>Results. Buffered; flushed at the end and before anything else may write to the same stream.</summary>
    public TextWriter Out { get; }

    /// <summary>Messages, progress and, for a run, the human summary.</summary>
    public TextWriter Error { get; }

    public Stream OutStream { get; }

    public Stream ErrorStream { get; }

    public bool OutIsTerminal { get; }

    public bool ErrorIsTerminal { get; }

    public Style OutStyle { get; }

    public Style ErrorStyle { get; }

    /// <summary>Columns of the terminal; 100 where there is none.</summary>
    public int Width => (OutIsTerminal || ErrorIsTerminal) && Console.WindowWidth is var width and > 0 ? width : DefaultWidth;

    /// <summary>This process's streams. Colours follow no-color.org: none when NO_COLOR is set and not empty, none on TERM=dumb.</summary>
    public static Terminal Standard()
    {
        var noColour = Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 } || Environment.GetEnvironmentVariable("TERM") is null or "dumb";
        return new(DescriptorStream.Standard(1), DescriptorStream.Standard(2), isatty(1) == 1, isatty(2) == 1, noColour);
    }

    public void Flush() => Out.Flush();

    [LibraryImport("libc")]
    private static partial int isatty(int descriptor);
}
