namespace MemTools.Reports.Symbols.Elf;

/// <summary>Names of e_machine values, as <c>uname -m</c> and package managers spell them.</summary>
public static class ElfMachine
{
    /// <summary>EM_X86_64.</summary>
    public const int X86_64 = 62;

    /// <summary>EM_386.</summary>
    public const int I386 = 3;

    /// <summary>EM_AARCH64.</summary>
    public const int AArch64 = 183;

    /// <summary>EM_ARM.</summary>
    public const int Arm = 40;

    /// <summary>The architecture's name; <c>em-N</c> for machines not listed.</summary>
    public static string Name(int machine, ElfClass elfClass, ElfByteOrder order) => machine switch
    {
        X86_64 => elfClass == ElfClass.Elf64 ? "x86_64" : "x32",
        I386 => "i386",
        AArch64 => order == ElfByteOrder.BigEndian ? "aarch64_be" : "aarch64",
        Arm => "arm",
        2 => "sparc",
        8 => (elfClass == ElfClass.Elf64 ? "mips64" : "mips") + (order == ElfByteOrder.LittleEndian ? "el" : ""),
        15 => "parisc",
        20 => "ppc",
        21 => order == ElfByteOrder.LittleEndian ? "ppc64le" : "ppc64",
        22 => elfClass == ElfClass.Elf64 ? "s390x" : "s390",
        42 => "sh",
        43 => "sparc64",
        50 => "ia64",
        243 => elfClass == ElfClass.Elf64 ? "riscv64" : "riscv32",
        258 => elfClass == ElfClass.Elf64 ? "loongarch64" : "loongarch32",
        0x9026 => "alpha",
        _ => $"em-{machine}",
    };
}
