using System.Text;
using MemTools.Allocators.Launch.Native;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.Allocators.Preflight;

/// <summary>What sort of file a program is.</summary>
internal enum ProgramKind
{
    Missing,
    Directory,
    Unreadable,
    Empty,
    Script,
    Elf,

    /// <summary>Neither an ELF file nor a script with a first line that names an interpreter.</summary>
    Unknown,
}

/// <summary>The first line of a script.</summary>
/// <param name="Interpreter">Path as written; may end with a carriage return, as the kernel sees it.</param>
/// <param name="Arguments">None or one: the kernel does not split the rest.</param>
internal sealed record ScriptLine(string Interpreter, IReadOnlyList<string> Arguments);

/// <summary>A program's file, read as far as the preflight needs.</summary>
internal sealed class ProgramFile : IDisposable
{
    /// <summary>BINPRM_BUF_SIZE: how much of a script's first line the kernel looks at.</summary>
    private const int FirstLineLimit = 256;

    private ProgramFile(string path, ProgramKind kind) => (Path, Kind) = (path, kind);

    /// <summary>Path on the target.</summary>
    public string Path { get; }

    /// <summary>Path on this machine; null when it is not there.</summary>
    public string? LocalPath { get; private init; }

    public ProgramKind Kind { get; }

    /// <summary>Only for <see cref="ProgramKind.Elf"/>.</summary>
    public ElfFile? Elf { get; private init; }

    /// <summary>Only for <see cref="ProgramKind.Script"/>.</summary>
    public ScriptLine? Script { get; private init; }

    /// <summary>Why it is unreadable or unknown; null otherwise.</summary>
    public string? Problem { get; private init; }

    public static ProgramFile Read(ITarget target, string path, CancellationToken cancellation)
    {
        if (target is LocalTarget && Directory.Exists(path))
            return new ProgramFile(path, ProgramKind.Directory);
        if (target.Fetch(path, cancellation) is not { } local)
            return new ProgramFile(path, ProgramKind.Missing);
        if (Libc.access(local, Libc.R_OK) != 0)
            return new ProgramFile(path, ProgramKind.Unreadable) { LocalPath = local };
        Span<byte> start = stackalloc byte[FirstLineLimit];
        using (var stream = new FileStream(local, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0))
        {
            start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        }
        if (start.IsEmpty)
            return new ProgramFile(path, ProgramKind.Empty) { LocalPath = local };
        if (start.StartsWith("#!"u8))
            return new ProgramFile(path, ProgramKind.Script) { LocalPath = local, Script = ParseScript(start[2..]) };
        ElfFile? elf = ElfFile.TryOpen(local, out string? reason);
        return elf is null
            ? new ProgramFile(path, ProgramKind.Unknown) { LocalPath = local, Problem = reason }
            : new ProgramFile(path, ProgramKind.Elf) { LocalPath = local, Elf = elf };
    }

    public void Dispose() => Elf?.Dispose();

    /// <summary>fs/binfmt_script.c: blanks, the interpreter, blanks, the rest as one argument.</summary>
    private static ScriptLine ParseScript(ReadOnlySpan<byte> rest)
    {
        int end = rest.IndexOf((byte)'\n');
        string line = Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]).Trim(' ', '\t');
        int blank = line.IndexOfAny([' ', '\t']);
        return blank < 0 ? new ScriptLine(line, []) : new ScriptLine(line[..blank], [line[(blank + 1)..].TrimStart(' ', '\t')]);
    }
}
