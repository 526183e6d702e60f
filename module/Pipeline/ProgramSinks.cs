using System.Management.Automation;
using System.Text;

namespace MemTools.Commands;

/// <summary>
/// Where a program's output is shown: files that the user named; else, in a console, the process's own streams byte for byte, as with a native command; else
/// (remote sessions, jobs, editors) the host by way of the information stream.
/// </summary>
internal sealed class ProgramSinks : IDisposable
{
    private readonly List<Stream> owned = [];

    private ProgramSinks()
    {
    }

    /// <summary>Takes standard output; null when it is not shown.</summary>
    public Action<ReadOnlyMemory<byte>>? Output { get; private init; }

    /// <summary>Takes standard error; null when it is not shown.</summary>
    public Action<ReadOnlyMemory<byte>>? Error { get; private init; }

    /// <summary>Opens what is needed; a file that cannot be written is an error before anything starts.</summary>
    public static ProgramSinks Open(PSCmdlet cmdlet, Action<Action> post, bool quiet, string? outputPath, string? errorPath)
    {
        var files = new List<Stream>();
        try
        {
            var sinks = new ProgramSinks
            {
                Output = Sink(cmdlet, post, quiet, outputPath, files, Console.OpenStandardOutput, "StandardOutput"),
                Error = Sink(cmdlet, post, quiet, errorPath, files, Console.OpenStandardError, "StandardError"),
            };
            sinks.owned.AddRange(files);
            return sinks;
        }
        catch (Exception)
        {
            files.ForEach(f => f.Dispose());
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => owned.ForEach(s => s.Dispose());

    private static Action<ReadOnlyMemory<byte>>? Sink(
        PSCmdlet cmdlet, Action<Action> post, bool quiet, string? path, List<Stream> files, Func<Stream> console, string tag)
    {
        if (path is not null)
        {
            var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
            files.Add(file);
            return bytes => file.Write(bytes.Span);
        }
        if (quiet)
            return null;
        if (cmdlet.Host.Name == "ConsoleHost")
        {
            var stream = console();
            return bytes => stream.Write(bytes.Span);
        }
        var decoder = Encoding.UTF8.GetDecoder();
        return bytes =>
        {
            var text = new char[Encoding.UTF8.GetMaxCharCount(bytes.Length)];
            var length = decoder.GetChars(bytes.Span, text, flush: false);
            var message = new HostInformationMessage { Message = new string(text, 0, length), NoNewLine = true };
            post(() => cmdlet.WriteInformation(message, ["PSHOST", tag]));
        };
    }
}
