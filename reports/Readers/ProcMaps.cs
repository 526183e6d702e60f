using System.Text;
using MemTools.Reports.Model;

namespace MemTools.Reports.Readers;

/// <summary>Reads lines of /proc/PID/maps, as kept behind MAPPED_LIBRARIES in heap profiles.</summary>
/// <remarks>
/// <code>line := start "-" end " " perms " " offset " " dev " " inode? " "* path? " (deleted)"?</code>
/// The inode may be missing or padded, the path may hold spaces; the kernel writes a newline in a path as \012. Source: proc(5).
/// </remarks>
public static class ProcMaps
{
    private const string DeletedMark = " (deleted)";
    private static readonly System.Buffers.SearchValues<byte> PermissionLetters = System.Buffers.SearchValues.Create("rwxps-"u8);

    /// <summary>Parses one line without its newline; false when it is not a map line.</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, out Mapping mapping)
    {
        mapping = null!;
        if (!ByteParser.TryHex(ref line, out ulong start) || !ByteParser.TryByte(ref line, (byte)'-')
            || !ByteParser.TryHex(ref line, out ulong limit) || limit < start || !ByteParser.SkipSpaces(ref line))
        {
            return false;
        }

        ReadOnlySpan<byte> permissions = ByteParser.Word(ref line);
        if (permissions.Length < 4 || permissions.IndexOfAnyExcept(PermissionLetters) >= 0 || !ByteParser.SkipSpaces(ref line)
            || !ByteParser.TryHex(ref line, out ulong offset))
        {
            return false;
        }

        ByteParser.SkipSpaces(ref line);
        ByteParser.Word(ref line);
        ByteParser.SkipSpaces(ref line);
        ReadOnlySpan<byte> path = line;
        ReadOnlySpan<byte> inode = ByteParser.Word(ref line);
        if (inode.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0)
        {
            ByteParser.SkipSpaces(ref line);
            path = line;
        }

        string text = Encoding.UTF8.GetString(path.TrimEnd((byte)'\r').TrimEnd((byte)' ')).Replace("\\012", "\n", StringComparison.Ordinal);
        bool deleted = text.EndsWith(DeletedMark, StringComparison.Ordinal);
        mapping = new Mapping
        {
            Start = start,
            Limit = limit,
            FileOffset = offset,
            Path = deleted ? text[..^DeletedMark.Length] : text,
            IsDeleted = deleted,
            IsExecutable = permissions.Contains((byte)'x'),
        };
        return true;
    }

    /// <summary>True for ranges that can hold code or tell the place of code: files, the vdso, and anonymous executable memory.</summary>
    public static bool IsUseful(Mapping mapping) =>
        mapping.IsExecutable || (mapping.Path.Length > 0 && mapping.Path[0] != '[');
}
