using System.Buffers.Binary;
using System.Text;

namespace MemTools.Allocators.Detect;

/// <summary>
/// Reads <c>/etc/ld.so.cache</c>: which path the dynamic loader takes for a soname.
/// </summary>
/// <remarks>
/// Format (glibc's sysdeps/generic/dl-cache.h): the new header starts with <c>glibc-ld.so.cache1.1</c>, in older files behind a table
/// in the old format; then u32 count, u32 length of the strings, 20 bytes, and per library i32 flags, u32 name, u32 path, u32 OS version,
/// u64 hwcap, offsets counted from the new header. Byte order is the machine's; a file from the other one is recognised by its count.
/// </remarks>
public static class LdSoCache
{
    /// <summary>The file's usual place.</summary>
    public const string DefaultPath = "/etc/ld.so.cache";

    private const int HeaderSize = 48;
    private const int EntrySize = 24;

    /// <summary>All pairs of soname and path, in the loader's order. Empty when the bytes are not such a cache; a cut one gives what is whole.</summary>
    public static IReadOnlyList<(string Soname, string Path)> Read(ReadOnlySpan<byte> file)
    {
        var start = file.IndexOf("glibc-ld.so.cache1.1"u8);
        if (start < 0 || file.Length - start < HeaderSize)
        {
            return [];
        }

        var data = file[start..];
        var count = BinaryPrimitives.ReadUInt32LittleEndian(data[20..]);
        var little = count <= (uint)((data.Length - HeaderSize) / EntrySize);
        if (!little)
        {
            count = BinaryPrimitives.ReverseEndianness(count);
        }

        var result = new List<(string, string)>();
        for (var i = 0; i < count && HeaderSize + ((i + 1) * EntrySize) <= data.Length; i++)
        {
            var entry = data.Slice(HeaderSize + (i * EntrySize), EntrySize);
            var name = Text(data, Word(entry[4..]));
            var path = Text(data, Word(entry[8..]));
            if (name.Length > 0 && path.Length > 0)
            {
                result.Add((name, path));
            }
        }

        return result;

        uint Word(ReadOnlySpan<byte> at) =>
            little ? BinaryPrimitives.ReadUInt32LittleEndian(at) : BinaryPrimitives.ReadUInt32BigEndian(at);
    }

    private static string Text(ReadOnlySpan<byte> data, uint offset)
    {
        if (offset >= data.Length)
        {
            return "";
        }

        var rest = data[(int)offset..];
        var end = rest.IndexOf((byte)0);
        return end < 0 ? "" : Encoding.UTF8.GetString(rest[..end]);
    }
}
