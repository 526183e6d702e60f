using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using MemTools.Cli.Infrastructure;
using MemTools.Cli.Parsing;

namespace MemTools.Cli.Running;

/// <summary>
/// <c>memtools run --no-wait</c>: a second <c>memtools</c>, in a session of its own, starts the program, watches it to its end and writes its record. The
/// words go over standard input as bytes, each ended by a zero byte, because .NET would change arguments that are not UTF-8.
/// </summary>
internal static partial class Supervisor
{
    private const byte StartedMark = 0;

    /// <summary>Starts it; returns when the program runs, or with the exit code of a start that failed.</summary>
    public static int Start(CommandContext context, IReadOnlyList<string> options, IReadOnlyList<string> program)
    {
        var self = Environment.ProcessPath!;
        var start = new ProcessStartInfo(self) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        // Run by `dotnet memtools.dll`, the process is dotnet.
        if (Path.GetFileNameWithoutExtension(self) == "dotnet")
            start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        start.ArgumentList.Add("supervise");
        using var process = Process.Start(start)!;
        using (var words = process.StandardInput.BaseStream)
            Send(words, options, program);

        var error = Task.Run(() => Relay(process.StandardError.BaseStream, context.Terminal.ErrorStream));
        var started = Relay(process.StandardOutput.BaseStream, context.Terminal.OutStream) & error.GetAwaiter().GetResult();
        if (started)
            return ExitCodes.Success;
        process.WaitForExit();
        return process.ExitCode;
    }

    /// <summary>
    /// Copies until the mark that says "the program runs"; false when the stream ended without it. The end of the stream cannot be that sign: the
    /// runtime keeps copies of its standard streams open for as long as it lives.
    /// </summary>
    private static bool Relay(Stream from, Stream to)
    {
        var buffer = new byte[4096];
        while (from.Read(buffer) is var count and > 0)
        {
            var mark = buffer.AsSpan(0, count).IndexOf(StartedMark);
            to.Write(buffer.AsSpan(0, mark < 0 ? count : mark));
            if (mark >= 0)
                return true;
        }

        return false;
    }

    /// <summary>The words that <see cref="Start"/> sent: ours, then the program's.</summary>
    public static (IReadOnlyList<string> Options, IReadOnlyList<byte[]> Program) Receive()
    {
        using var input = new StandardInput();
        using var bytes = new MemoryStream();
        input.CopyTo(bytes);
        var words = new List<byte[]>();
        ReadOnlySpan<byte> rest = bytes.GetBuffer().AsSpan(0, (int)bytes.Length);
        while (rest.IndexOf((byte)0) is var end and >= 0)
        {
            words.Add(rest[..end].ToArray());
            rest = rest[(end + 1)..];
        }

        var count = int.Parse(Encoding.UTF8.GetString(words[0]), System.Globalization.CultureInfo.InvariantCulture);
        return ([.. words.Skip(1).Take(count).Select(Encoding.UTF8.GetString)], [.. words.Skip(1 + count)]);
    }

    /// <summary>Leaves the caller's terminal and session, so that closing them does not end the run's record.</summary>
    public static void Detach() => _ = setsid();

    /// <summary>Tells <see cref="Start"/> that the program runs, and lets go of the caller's streams.</summary>
    public static void LetGo(Terminal terminal)
    {
        terminal.Flush();
        terminal.OutStream.Write([StartedMark]);
        terminal.ErrorStream.Write([StartedMark]);
        var nowhere = open("/dev/null", 2);
        for (var descriptor = 0; descriptor <= 2; descriptor++)
            _ = dup2(nowhere, descriptor);
    }

    private static void Send(Stream stream, IReadOnlyList<string> options, IReadOnlyList<string> program)
    {
        void Word(ReadOnlySpan<byte> bytes)
        {
            stream.Write(bytes);
            stream.WriteByte(0);
        }

        Word(Encoding.UTF8.GetBytes(options.Count.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        foreach (var option in options)
            Word(Encoding.UTF8.GetBytes(option));
        foreach (var word in RawArguments.Of(program))
            Word(word);
    }

    [LibraryImport("libc")]
    private static partial int setsid();

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc")]
    private static partial int dup2(int from, int to);
}
