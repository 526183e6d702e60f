using System.Buffers.Binary;

namespace MemTools.Reports.Symbols.Elf;

/// <summary>How a section is compressed.</summary>
internal enum SectionCompression
{
    /// <summary>ELFCOMPRESS_ZLIB, and the older <c>.zdebug_</c> form.</summary>
    Zlib = 1,

    /// <summary>ELFCOMPRESS_ZSTD.</summary>
    Zstd = 2,
}

/// <summary>The header of a compressed section: Elf32_Chdr or Elf64_Chdr, or of the older <c>.zdebug_</c> form.</summary>
/// <param name="Algorithm">How it is compressed.</param>
/// <param name="Size">Bytes it claims to unpack to.</param>
/// <param name="HeaderBytes">Bytes before the compressed ones.</param>
/// <param name="Problem">Why it cannot be used; null when it can.</param>
internal readonly record struct CompressedSection(SectionCompression Algorithm, ulong Size, int HeaderBytes, string? Problem)
{
    private const ulong Compressed = 0x800;

    public static CompressedSection Read(ElfSection section, ReadOnlySpan<byte> stored, ElfReader reader)
    {
        uint algorithm = (uint)SectionCompression.Zlib;
        ulong size;
        int header;
        if ((section.Flags & Compressed) != 0)
        {
            // Elf32_Chdr is type, size, alignment; Elf64_Chdr has four reserved bytes after the type.
            header = reader.Is64 ? 24 : 12;
            if (stored.Length < header)
                return default(CompressedSection) with { Problem = "it ends inside its header" };
            algorithm = reader.U32(stored, 0);
            size = reader.Word(stored, reader.Is64 ? 8 : 4);
        }
        else
        {
            // "ZLIB" and the size as eight big-endian bytes, whatever the file's byte order.
            header = 12;
            if (stored.Length < header || !stored[..4].SequenceEqual("ZLIB"u8))
                return default(CompressedSection) with { Problem = "it does not start as .zdebug_ sections do" };
            size = BinaryPrimitives.ReadUInt64BigEndian(stored[4..]);
        }

        ulong payload = (ulong)(stored.Length - header);
        int ratio = algorithm == (uint)SectionCompression.Zlib ? ElfLimits.MaxDeflateRatio : ElfLimits.MaxZstdRatio;
        string? problem = algorithm is not ((uint)SectionCompression.Zlib or (uint)SectionCompression.Zstd) ? $"compression {algorithm} is not known"
            : size > (ulong)ElfLimits.MaxSectionBytes || size > payload * (ulong)ratio ? $"it claims {size} bytes of {payload}" : null;
        return new CompressedSection((SectionCompression)algorithm, problem is null ? size : 0, header, problem);
    }
}
