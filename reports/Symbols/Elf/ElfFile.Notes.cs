using System.Text;

namespace MemTools.Reports.Symbols.Elf;

/// <content>Build-id and the links to separate debug files.</content>
public sealed partial class ElfFile
{
    private const uint NoteGnuBuildId = 3;

    /// <summary>GNU build-id, lower-case hex; null when the file has none.</summary>
    public string? BuildId => buildId ??= ReadBuildId() is { Length: > 0 } id ? id : null;

    /// <summary>The separate debug file this file names; null when it names none.</summary>
    public ElfDebugLink? DebugLink
    {
        get
        {
            ReadOnlySpan<byte> data = GetData(".gnu_debuglink");
            int end = data.IndexOf((byte)0);
            int crcAt = (end + 4) & ~3;
            if (end <= 0 || crcAt + 4 > data.Length)
                return null;
            return new ElfDebugLink(Encoding.UTF8.GetString(data[..end]), reader.U32(data, crcAt));
        }
    }

    /// <summary>The supplementary file that dwz moved common parts to; null when there is none.</summary>
    public ElfDebugAltLink? DebugAltLink
    {
        get
        {
            ReadOnlySpan<byte> data = GetData(".gnu_debugaltlink");
            int end = data.IndexOf((byte)0);
            return end <= 0 ? null : new ElfDebugAltLink(Encoding.UTF8.GetString(data[..end]), Convert.ToHexStringLower(data[(end + 1)..]));
        }
    }

    private string? buildId;

    private string? ReadBuildId()
    {
        // Note sections that overlap are not all scanned: honest ones together are no longer than the file.
        ulong left = (ulong)file.Length;
        foreach (ElfSection section in sections)
        {
            if (section.Type != ElfSectionType.Note)
                continue;
            if (section.Size > left)
                break;
            left -= section.Size;
            if ( FindBuildId(GetData(section), 4) is { } id)
                return id;
        }

        foreach (ElfProgramHeader segment in programHeaders)
        {
            if (segment.Type == ElfSegmentType.Note && FindBuildId(file.Slice(segment.Offset, segment.FileSize), segment.Alignment) is { } id)
                return id;
        }

        return null;
    }

    private string? FindBuildId(ReadOnlySpan<byte> notes, ulong alignment)
    {
        // Notes are aligned to 4 bytes; only segments that say 8 use 8 (GNU property notes).
        long align = alignment == 8 ? 8 : 4;
        while (notes.Length >= 12)
        {
            long nameSize = reader.U32(notes, 0), size = reader.U32(notes, 4);
            uint type = reader.U32(notes, 8);
            long data = Up(12 + nameSize), next = Up(data + size);
            if (data + size > notes.Length)
                return null;
            if (type == NoteGnuBuildId && nameSize == 4 && notes.Slice(12, 4).SequenceEqual("GNU\0"u8) && size > 0)
                return Convert.ToHexStringLower(notes.Slice((int)data, (int)size));
            if (next >= notes.Length)
                return null;
            notes = notes[(int)next..];
        }

        return null;

        long Up(long n) => (n + align - 1) & -align;
    }
}
