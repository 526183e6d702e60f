namespace MemTools.Reports.Symbols.Elf;

/// <summary>EI_CLASS.</summary>
public enum ElfClass
{
    /// <summary>ELFCLASS32.</summary>
    Elf32 = 1,

    /// <summary>ELFCLASS64.</summary>
    Elf64 = 2,
}

/// <summary>EI_DATA.</summary>
public enum ElfByteOrder
{
    /// <summary>ELFDATA2LSB.</summary>
    LittleEndian = 1,

    /// <summary>ELFDATA2MSB.</summary>
    BigEndian = 2,
}

/// <summary>e_type. Values of operating systems and processors keep their number.</summary>
public enum ElfType
{
    /// <summary>ET_NONE.</summary>
    None = 0,

    /// <summary>ET_REL: an object file.</summary>
    Relocatable = 1,

    /// <summary>ET_EXEC: a program with fixed addresses.</summary>
    Executable = 2,

    /// <summary>ET_DYN: a shared library or a position-independent program.</summary>
    Dynamic = 3,

    /// <summary>ET_CORE.</summary>
    Core = 4,
}

/// <summary>p_type values that are used here.</summary>
public enum ElfSegmentType : uint
{
    /// <summary>PT_NULL.</summary>
    Null = 0,

    /// <summary>PT_LOAD.</summary>
    Load = 1,

    /// <summary>PT_DYNAMIC.</summary>
    Dynamic = 2,

    /// <summary>PT_INTERP.</summary>
    Interpreter = 3,

    /// <summary>PT_NOTE.</summary>
    Note = 4,

    /// <summary>PT_TLS.</summary>
    ThreadLocal = 7,
}

/// <summary>sh_type values that are used here.</summary>
public enum ElfSectionType : uint
{
    /// <summary>SHT_NULL.</summary>
    Null = 0,

    /// <summary>SHT_PROGBITS.</summary>
    ProgramBits = 1,

    /// <summary>SHT_SYMTAB.</summary>
    SymbolTable = 2,

    /// <summary>SHT_STRTAB.</summary>
    StringTable = 3,

    /// <summary>SHT_RELA.</summary>
    RelocationsWithAddend = 4,

    /// <summary>SHT_DYNAMIC.</summary>
    Dynamic = 6,

    /// <summary>SHT_NOTE.</summary>
    Note = 7,

    /// <summary>SHT_NOBITS.</summary>
    NoBits = 8,

    /// <summary>SHT_REL.</summary>
    Relocations = 9,

    /// <summary>SHT_DYNSYM.</summary>
    DynamicSymbols = 11,

    /// <summary>SHT_SYMTAB_SHNDX: the section of each symbol whose st_shndx is SHN_XINDEX.</summary>
    SymbolSectionIndices = 18,

    /// <summary>SHT_GNU_verdef.</summary>
    GnuVersionDefinitions = 0x6ffffffd,

    /// <summary>SHT_GNU_verneed.</summary>
    GnuVersionNeeds = 0x6ffffffe,

    /// <summary>SHT_GNU_versym.</summary>
    GnuVersionSymbols = 0x6fffffff,
}

/// <summary>STT_*, the kind of a symbol.</summary>
public enum ElfSymbolType
{
    /// <summary>STT_NOTYPE.</summary>
    NoType = 0,

    /// <summary>STT_OBJECT.</summary>
    Object = 1,

    /// <summary>STT_FUNC.</summary>
    Function = 2,

    /// <summary>STT_SECTION.</summary>
    Section = 3,

    /// <summary>STT_FILE.</summary>
    File = 4,

    /// <summary>STT_COMMON.</summary>
    Common = 5,

    /// <summary>STT_TLS.</summary>
    ThreadLocal = 6,

    /// <summary>STT_GNU_IFUNC: the symbol is a resolver that returns the function.</summary>
    IndirectFunction = 10,
}

/// <summary>STB_*, who sees a symbol.</summary>
public enum ElfSymbolBinding
{
    /// <summary>STB_LOCAL.</summary>
    Local = 0,

    /// <summary>STB_GLOBAL.</summary>
    Global = 1,

    /// <summary>STB_WEAK.</summary>
    Weak = 2,

    /// <summary>STB_GNU_UNIQUE.</summary>
    Unique = 10,
}
