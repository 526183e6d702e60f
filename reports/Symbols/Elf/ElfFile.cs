using MemTools.Reports.Errors;

namespace MemTools.Reports.Symbols.Elf;

/// <summary>
/// An ELF file, memory-mapped: 32 and 64 bit, both byte orders. The headers are read and checked on opening, everything else
/// when asked for. Malformed parts read as absent rather than throw, so that one broken table does not hide the others.
/// Safe for use from several threads.
/// </summary>
/// <remarks>Format: System V ABI chapters 4 and 5, and the Linux Standard Base for GNU extensions.</remarks>
public sealed partial class ElfFile : IDisposable
{
    private readonly MappedFile file;
    private readonly ElfReader reader;
    private readonly ElfSection[] sections;
    private readonly ElfProgramHeader[] programHeaders;

    private ElfFile(MappedFile file, ElfReader reader, ReadOnlySpan<byte> header)
    {
        this.file = file;
        this.reader = reader;
        Type = (ElfType)reader.U16(header, 16);
        Machine = reader.U16(header, 18);
        EntryPoint = reader.Word(header, 24);
        ulong phoff = reader.Word(header, reader.Is64 ? 32 : 28);
        ulong shoff = reader.Word(header, reader.Is64 ? 40 : 32);
        int tail = reader.Is64 ? 52 : 40;
        uint phentsize = reader.U16(header, tail + 2), phnum = reader.U16(header, tail + 4);
        uint shentsize = reader.U16(header, tail + 6), shnum = reader.U16(header, tail + 8), shstrndx = reader.U16(header, tail + 10);
        int sectionSize = reader.Is64 ? 64 : 40;
        if (shoff != 0 && shentsize >= sectionSize)
        {
            ReadOnlySpan<byte> first = file.Slice(shoff, (ulong)sectionSize);
            if (!first.IsEmpty)
            {
                // Counts that do not fit 16 bits are kept in section 0 (gABI, "extended numbering").
                if (shnum == 0)
                    shnum = (uint)Math.Min(reader.Word(first, reader.Is64 ? 32 : 20), ElfLimits.MaxSections + 1);
                if (shstrndx == 0xffff)
                    shstrndx = reader.U32(first, reader.Is64 ? 40 : 24);
                if (phnum == 0xffff)
                    phnum = reader.U32(first, reader.Is64 ? 44 : 28);
            }
        }

        programHeaders = ReadProgramHeaders(phoff, phentsize, phnum);
        sections = ReadSections(shoff, shentsize, shnum, shstrndx);
    }

    /// <summary>The path it was opened by.</summary>
    public string Path => file.Path;

    /// <summary>Size of the file in bytes.</summary>
    public long Length => file.Length;

    /// <summary>32 or 64 bit.</summary>
    public ElfClass Class => reader.Is64 ? ElfClass.Elf64 : ElfClass.Elf32;

    /// <summary>Byte order of everything in it.</summary>
    public ElfByteOrder ByteOrder => reader.IsBigEndian ? ElfByteOrder.BigEndian : ElfByteOrder.LittleEndian;

    /// <summary>e_type.</summary>
    public ElfType Type { get; }

    /// <summary>e_machine.</summary>
    public int Machine { get; }

    /// <summary>e_entry.</summary>
    public ulong EntryPoint { get; }

    /// <summary>Name of <see cref="Machine"/>: <c>x86_64</c>, <c>aarch64</c>, <c>i386</c>, ….</summary>
    public string Architecture => ElfMachine.Name(Machine, Class, ByteOrder);

    /// <summary>Program headers in file order; empty when there are none or the table lies outside the file.</summary>
    public IReadOnlyList<ElfProgramHeader> ProgramHeaders => programHeaders;

    /// <summary>Section headers in file order; empty when there are none or the table lies outside the file.</summary>
    public IReadOnlyList<ElfSection> Sections => sections;

    /// <summary>Parts that could not be used, and why; grows as parts are asked for.</summary>
    public IReadOnlyList<string> Warnings
    {
        get
        {
            lock (inflatedLock)
                return [.. warnings];
        }
    }

    internal MappedFile File => file;

    internal ElfReader Reader => reader;

    /// <summary>Maps and checks a file.</summary>
    /// <exception cref="MemToolsException">FileNotReadable; NotAnElfFile: wrong magic, unknown class or byte order, or cut inside the header.</exception>
    public static ElfFile Open(string path)
    {
        return Open(MappedFile.Open(path));
    }

    /// <summary>As <see cref="Open(string)"/>, for bytes that are there already (MiniDebugInfo); takes the memory over.</summary>
    internal static ElfFile Open(MappedFile file)
    {
        string? reason = CheckHeader(file, out ElfReader reader, out ReadOnlySpan<byte> header);
        if (reason is null)
            return new ElfFile(file, reader, header);
        file.Dispose();
        throw new MemToolsException(
            "NotAnElfFile", MemToolsErrorCategory.InvalidData, $"{file.Path} is not a usable ELF file: {reason}.", file.Path,
            "Give a Linux program, shared library or debug file.");
    }

    /// <summary>As <see cref="Open"/>, for callers that go on without the file: returns null and the reason.</summary>
    public static ElfFile? TryOpen(string path, out string? reason)
    {
        try
        {
            reason = null;
            return Open(path);
        }
        catch (MemToolsException e)
        {
            reason = e.Message;
            return null;
        }
    }

    /// <summary>First section of that name, or null.</summary>
    public ElfSection? FindSection(string name)
    {
        foreach (ElfSection section in sections)
        {
            if (section.Name == name)
                return section;
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        file.Dispose();
        foreach (NativeBuffer? buffer in inflated ?? [])
            buffer?.Dispose();
        inflated = null;
    }

    private static string? CheckHeader(MappedFile file, out ElfReader reader, out ReadOnlySpan<byte> header)
    {
        reader = default;
        header = file.Slice(0, 16);
        if (header.IsEmpty || header[0] != 0x7f || !header[1..4].SequenceEqual("ELF"u8))
            return "it does not start with the ELF magic";
        if (header[4] is not (1 or 2))
            return $"class {header[4]} is unknown";
        if (header[5] is not (1 or 2))
            return $"byte order {header[5]} is unknown";
        reader = new ElfReader(header[4] == 2, header[5] == 2);
        header = file.Slice(0, reader.Is64 ? 64u : 52u);
        return header.IsEmpty ? "it ends inside the header" : null;
    }

    private ElfProgramHeader[] ReadProgramHeaders(ulong offset, uint entrySize, uint count)
    {
        if (count == 0 || count > ElfLimits.MaxProgramHeaders || entrySize < (reader.Is64 ? 56 : 32))
            return [];
        ReadOnlySpan<byte> table = file.Slice(offset, (ulong)entrySize * count);
        if (table.IsEmpty)
            return [];
        var result = new ElfProgramHeader[count];
        for (int i = 0; i < result.Length; i++)
        {
            ReadOnlySpan<byte> e = table.Slice(i * (int)entrySize, (int)entrySize);
            var type = (ElfSegmentType)reader.U32(e, 0);
            result[i] = reader.Is64
                ? new(type, reader.U32(e, 4), reader.U64(e, 8), reader.U64(e, 16), reader.U64(e, 32), reader.U64(e, 40), reader.U64(e, 48))
                : new(type, reader.U32(e, 24), reader.U32(e, 4), reader.U32(e, 8), reader.U32(e, 16), reader.U32(e, 20), reader.U32(e, 28));
        }

        return result;
    }

    private ElfSection[] ReadSections(ulong offset, uint entrySize, uint count, uint namesIndex)
    {
        if (offset == 0 || count == 0 || count > ElfLimits.MaxSections || entrySize < (reader.Is64 ? 64 : 40))
            return [];
        ReadOnlySpan<byte> table = file.Slice(offset, (ulong)entrySize * count);
        if (table.IsEmpty)
            return [];
        ReadOnlySpan<byte> names = default;
        if (namesIndex < count)
        {
            ElfSection s = Section((int)namesIndex, table, default, new NameBudget(0));
            names = file.Slice(s.Offset, s.Size);
        }

        var budget = NameBudget.For(names.Length, count);
        var result = new ElfSection[count];
        for (int i = 0; i < result.Length; i++)
            result[i] = Section(i, table, names, budget);
        return result;

        ElfSection Section(int index, ReadOnlySpan<byte> all, ReadOnlySpan<byte> nameTable, NameBudget left)
        {
            ReadOnlySpan<byte> e = all.Slice(index * (int)entrySize, (int)entrySize);
            string name = left.TextAt(nameTable, reader.U32(e, 0));
            var type = (ElfSectionType)reader.U32(e, 4);
            return reader.Is64
                ? new(index, name, type, reader.U64(e, 8), reader.U64(e, 16), reader.U64(e, 24), reader.U64(e, 32), reader.U32(e, 40), reader.U32(e, 44), reader.U64(e, 56))
                : new(index, name, type, reader.U32(e, 8), reader.U32(e, 12), reader.U32(e, 16), reader.U32(e, 20), reader.U32(e, 24), reader.U32(e, 28), reader.U32(e, 36));
        }
    }
}
