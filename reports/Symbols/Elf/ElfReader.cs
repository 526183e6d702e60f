using System.Buffers.Binary;
using System.Text;

namespace MemTools.Reports.Symbols.Elf;

/// <summary>Reads integers in the file's byte order and word size. Callers have checked that the bytes are there.</summary>
internal readonly struct ElfReader(bool is64, bool isBigEndian)
{
    public bool Is64 { get; } = is64;

    public bool IsBigEndian { get; } = isBigEndian;

    public ushort U16(ReadOnlySpan<byte> s, int at) =>
        IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(s[at..]) : BinaryPrimitives.ReadUInt16LittleEndian(s[at..]);

    public uint U32(ReadOnlySpan<byte> s, int at) =>
        IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(s[at..]) : BinaryPrimitives.ReadUInt32LittleEndian(s[at..]);

    public ulong U64(ReadOnlySpan<byte> s, int at) =>
        IsBigEndian ? BinaryPrimitives.ReadUInt64BigEndian(s[at..]) : BinaryPrimitives.ReadUInt64LittleEndian(s[at..]);

    /// <summary>An address or size: 4 bytes in ELF32, 8 in ELF64.</summary>
    public ulong Word(ReadOnlySpan<byte> s, int at) => Is64 ? U64(s, at) : U32(s, at);

    /// <summary>The NUL-terminated text at an offset of a string table; empty when the offset lies outside.</summary>
    public static ReadOnlySpan<byte> StringAt(ReadOnlySpan<byte> table, ulong offset)
    {
        if (offset >= (ulong)table.Length)
            return default;
        ReadOnlySpan<byte> rest = table[(int)offset..];
        if (rest.Length > ElfLimits.MaxNameBytes)
            rest = rest[..ElfLimits.MaxNameBytes];
        int end = rest.IndexOf((byte)0);
        return end < 0 ? rest : rest[..end];
    }

    public static string TextAt(ReadOnlySpan<byte> table, ulong offset) => Encoding.UTF8.GetString(StringAt(table, offset));
}
