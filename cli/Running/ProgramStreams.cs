using MemTools.Allocators.Launch;
using MemTools.Cli.Infrastructure;

namespace MemTools.Cli.Running;

/// <summary>Shows what the program prints while it runs: on our own streams or in files that the user named.</summary>
internal sealed class ProgramStreams : IDisposable
{
    private readonly Terminal _terminal;
    private readonly Stream _output;
    private readonly Stream _error;
    private readonly List<FileStream> _files = [];

    /// <param name="terminal">Our streams.</param>
    /// <param name="output">Value of <c>--stdout</c>; null for tee.</param>
    /// <param name="error">Value of <c>--stderr</c>; null for tee.</param>
    /// <param name="outputIsOurs">True when standard output holds our JSON, so that the program's goes to standard error.</param>
    public ProgramStreams(Terminal terminal, string? output, string? error, bool outputIsOurs)
    {
        if (outputIsOurs && output is "inherit")
            throw new UsageException("--stdout inherit and --format json would mix on standard output");
        _terminal = terminal;
        _output = IsFile(output) ? Open(output!) : outputIsOurs ? terminal.ErrorStream : terminal.OutStream;
        _error = !IsFile(error) ? terminal.ErrorStream : error == output ? _output : Open(error!);
    }

    /// <summary>A file is written by us, so the launcher hands the bytes over as they come.</summary>
    public static StreamMode Mode(string? text) => text switch
    {
        "inherit" => StreamMode.Inherit,
        "capture" => StreamMode.Capture,
        _ => StreamMode.Tee,
    };

    public LaunchObserver Observer(bool verbose)
    {
        void Say(string text) => _terminal.Error.WriteLine(text);
        return new LaunchObserver
        {
            StandardOutput = bytes => Write(_output, bytes),
            StandardError = bytes => Write(_error, bytes),
            Checker = verbose ? bytes => Write(_terminal.ErrorStream, bytes) : null,
            Warning = text => Say($"{_terminal.ErrorStyle.Warn("memtools: warning:")} {text}"),
            Verbose = verbose ? text => Say(_terminal.ErrorStyle.Faint($"memtools: {text}")) : null,
        };
    }

    public void Dispose() => _files.ForEach(file => file.Dispose());

    private static bool IsFile(string? text) => text is not (null or "tee" or "inherit" or "capture");

    private static void Write(Stream stream, ReadOnlyMemory<byte> bytes)
    {
        lock (stream)
            stream.Write(bytes.Span);
    }

    private FileStream Open(string path)
    {
        var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        _files.Add(file);
        return file;
    }
}
