namespace MemTools.Reports.Symbols.Elf;

/// <summary>One program header (Elf_Phdr).</summary>
/// <param name="Type">p_type.</param>
/// <param name="Flags">p_flags: 1 executable, 2 writable, 4 readable.</param>
/// <param name="Offset">p_offset, in bytes from the start of the file.</param>
/// <param name="VirtualAddress">p_vaddr.</param>
/// <param name="FileSize">p_filesz, bytes.</param>
/// <param name="MemorySize">p_memsz, bytes.</param>
/// <param name="Alignment">p_align, bytes.</param>
public readonly record struct ElfProgramHeader(
    ElfSegmentType Type, uint Flags, ulong Offset, ulong VirtualAddress, ulong FileSize, ulong MemorySize, ulong Alignment)
{
    /// <summary>PF_X.</summary>
    public bool IsExecutable => (Flags & 1) != 0;

    /// <summary>PF_W.</summary>
    public bool IsWritable => (Flags & 2) != 0;
}

/// <summary>One section header (Elf_Shdr).</summary>
/// <param name="Index">Position in the table.</param>
/// <param name="Name">Name from the section name table; empty when it has none.</param>
/// <param name="Type">sh_type.</param>
/// <param name="Flags">sh_flags.</param>
/// <param name="Address">sh_addr; 0 when not loaded.</param>
/// <param name="Offset">sh_offset, in bytes from the start of the file.</param>
/// <param name="Size">sh_size, bytes (as stored: compressed size for compressed sections).</param>
/// <param name="Link">sh_link.</param>
/// <param name="Info">sh_info.</param>
/// <param name="EntrySize">sh_entsize, bytes.</param>
public sealed record ElfSection(
    int Index, string Name, ElfSectionType Type, ulong Flags, ulong Address, ulong Offset, ulong Size, uint Link, uint Info, ulong EntrySize)
{
    /// <summary>SHF_WRITE.</summary>
    public bool IsWritable => (Flags & 1) != 0;

    /// <summary>SHF_ALLOC: part of the program's memory.</summary>
    public bool IsAllocated => (Flags & 2) != 0;

    /// <summary>SHF_EXECINSTR.</summary>
    public bool IsExecutable => (Flags & 4) != 0;

    /// <summary>SHF_COMPRESSED, or the older <c>.zdebug_</c> naming.</summary>
    public bool IsCompressed => (Flags & 0x800) != 0 || Name.StartsWith(".zdebug_", StringComparison.Ordinal);

    /// <summary>True when the file holds the section's bytes (a separate debug file keeps code sections as NOBITS).</summary>
    public bool HasData => Type is not (ElfSectionType.NoBits or ElfSectionType.Null) && Size > 0;
}

/// <summary>One symbol of <c>.symtab</c> or <c>.dynsym</c>.</summary>
/// <param name="Name">Name as the linker knows it (mangled, without version).</param>
/// <param name="Value">st_value: an ELF virtual address for defined functions and objects.</param>
/// <param name="Size">st_size, bytes; 0 when unknown.</param>
/// <param name="Type">Function, object, ….</param>
/// <param name="Binding">Local, global, weak.</param>
/// <param name="IsDefined">True when this file defines it (st_shndx is not SHN_UNDEF).</param>
/// <param name="Version">Symbol version, for example <c>GLIBC_2.34</c>; null when it has none.</param>
public readonly record struct ElfSymbol(
    string Name, ulong Value, ulong Size, ElfSymbolType Type, ElfSymbolBinding Binding, bool IsDefined, string? Version);

/// <summary>Contents of <c>.gnu_debuglink</c>.</summary>
/// <param name="FileName">File name (no folder) of the separate debug file.</param>
/// <param name="Crc">CRC-32 (IEEE 802.3, as zlib's) over that whole file.</param>
public readonly record struct ElfDebugLink(string FileName, uint Crc);

/// <summary>Contents of <c>.gnu_debugaltlink</c>, written by dwz.</summary>
/// <param name="FileName">Path of the supplementary file, relative to the file that names it unless absolute.</param>
/// <param name="BuildId">Build-id of the supplementary file, lower-case hex.</param>
public readonly record struct ElfDebugAltLink(string FileName, string BuildId);
