using MemTools.Reports.Symbols.Elf;

namespace MemTools.Tests.Symbols.Hostile;

/// <summary>An ELF file of 64 bits in memory, right or wrong as a test wants it. Section 1 is always <c>.text</c>.</summary>
internal sealed class ElfImage
{
    public const ulong TextAddress = 0x1000, TextSize = 0x1000;
    public const int HeaderSize = 64, SectionHeaderSize = 64;

    private const int Execute = 6;

    private readonly List<Section> sections = [new("", 0, 0, 0, [], 0, 0, 0, null), new(".text", 8, Execute, TextAddress, [], 0, 0, 0, TextSize)];

    /// <summary>e_shnum; null for what is right.</summary>
    public int? SectionCount { get; set; }

    /// <summary>sh_size of section 0, which counts when e_shnum is 0; null for what is right.</summary>
    public ulong? ExtendedCount { get; set; }

    /// <summary>The section name table; null for one that has the sections' names.</summary>
    public byte[]? Names { get; set; }

    /// <summary>Offset in <see cref="Names"/> that all sections have.</summary>
    public uint NameOffset { get; set; }

    /// <summary>Adds a section and gives its index.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="data">What it holds.</param>
    /// <param name="type">sh_type.</param>
    /// <param name="flags">sh_flags.</param>
    /// <param name="address">sh_addr.</param>
    /// <param name="link">sh_link.</param>
    /// <param name="info">sh_info.</param>
    /// <param name="entry">sh_entsize.</param>
    /// <param name="size">sh_size when it is not that of the data.</param>
    public int Add(
        string name, byte[] data, ElfSectionType type = ElfSectionType.ProgramBits, ulong flags = 0, ulong address = 0, int link = 0, int info = 0, int entry = 0, ulong? size = null)
    {
        sections.Add(new(name, (uint)type, flags, address, data, link, info, entry, size));
        return sections.Count - 1;
    }

    /// <summary>Adds a symbol table with functions, all of section 1 unless said otherwise.</summary>
    public int AddFunctions(params (string Name, ulong Address, ulong Size, int Section)[] functions)
    {
        var symbols = new Bytes().Repeat(24, b => b.U8(0));
        var strings = new Bytes().U8(0);
        foreach ((string name, ulong address, ulong size, int section) in functions)
        {
            symbols.U32((ulong)strings.Count).U8(0x12, 0).U16(section).U64(address).U64(size);
            strings.Text(name);
        }

        int link = Add(".strtab", strings.ToArray(), ElfSectionType.StringTable);
        return Add(".symtab", symbols.ToArray(), ElfSectionType.SymbolTable, link: link, info: 1, entry: 24);
    }

    /// <summary>The file: header, contents, section headers.</summary>
    public byte[] Build()
    {
        int count = sections.Count + 1;
        var names = new Bytes().U8(0);
        var offsets = new List<int>();
        foreach (Section section in sections)
        {
            offsets.Add(section.Name.Length == 0 ? 0 : names.Count);
            if (section.Name.Length > 0)
                names.Text(section.Name);
        }

        byte[] table = Names ?? names.ToArray();
        ulong headers = HeaderSize + (ulong)sections.Sum(s => (long)s.Data.Length) + (ulong)table.Length;
        bool extended = count >= 0xff00;
        var file = new Bytes().U8(0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0).U64(0).U16(3).U16(62).U32(1).U64(0).U64(0).U64(headers)
            .U32(0).U16(HeaderSize).U16(0).U16(0).U16(SectionHeaderSize).U16(SectionCount ?? (extended ? 0 : count)).U16(extended ? 0xffff : count - 1);
        foreach (Section section in sections)
            file.U8(section.Data);
        file.U8(table);
        ulong at = HeaderSize;
        for (int i = 0; i < sections.Count; i++)
        {
            Section s = sections[i];
            ulong size = i == 0 ? ExtendedCount ?? (extended ? (ulong)count : 0) : s.Size ?? (ulong)s.Data.Length;
            file.U32(Names is null ? (ulong)offsets[i] : NameOffset).U32(s.Type).U64(s.Flags).U64(s.Address).U64(i == 0 ? 0 : at).U64(size)
                .U32(i == 0 && extended ? (ulong)count - 1 : (ulong)s.Link).U32((ulong)s.Info).U64(1).U64((ulong)s.EntrySize);
            at += (ulong)s.Data.Length;
        }

        return file.U32(0).U32((uint)ElfSectionType.StringTable).U64(0).U64(0).U64(at).U64((ulong)table.Length).U32(0).U32(0).U64(1).U64(0).ToArray();
    }

    private sealed record Section(string Name, uint Type, ulong Flags, ulong Address, byte[] Data, int Link, int Info, int EntrySize, ulong? Size);
}
