using System.Text;

namespace MemTools.Reports.Symbols.Elf;

/// <content>Search for texts in the read-only data a program loads.</content>
public sealed partial class ElfFile
{
    /// <summary>
    /// True when the bytes occur in allocated, read-only, non-executable sections (<c>.rodata</c> and its kin), or, when the file has
    /// no section headers, anywhere in its non-writable loaded segments.
    /// </summary>
    public bool ContainsBytes(ReadOnlySpan<byte> bytes)
    {
        foreach ((ulong offset, ulong size) in ReadOnlyRanges())
        {
            if (file.Slice(offset, size).IndexOf(bytes) >= 0)
                return true;
        }

        return false;
    }

    /// <summary>As <see cref="ContainsBytes"/>, for a text in UTF-8.</summary>
    public bool ContainsText(string text) => ContainsBytes(Encoding.UTF8.GetBytes(text));

    /// <summary>The NUL-terminated texts in read-only data that start with <paramref name="prefix"/> (at the start of a text, not inside one).</summary>
    public IEnumerable<string> FindStrings(string prefix)
    {
        byte[] wanted = Encoding.UTF8.GetBytes(prefix);
        foreach ((ulong offset, ulong size) in ReadOnlyRanges())
        {
            for (int at = 0; (at = NextString(offset, size, wanted, at, out string text)) >= 0; at++)
                yield return text;
        }
    }

    private int NextString(ulong offset, ulong size, byte[] wanted, int from, out string text)
    {
        ReadOnlySpan<byte> data = file.Slice(offset, size);
        while (from < data.Length)
        {
            int at = data[from..].IndexOf(wanted);
            if (at < 0)
                break;
            at += from;
            if (at == 0 || data[at - 1] == 0)
            {
                text = ElfReader.TextAt(data, (ulong)at);
                return at;
            }

            from = at + 1;
        }

        text = "";
        return -1;
    }

    private IEnumerable<(ulong Offset, ulong Size)> ReadOnlyRanges()
    {
        if (sections.Length > 1)
        {
            foreach (ElfSection s in sections)
            {
                if (s is { IsAllocated: true, IsWritable: false, IsExecutable: false, IsCompressed: false, HasData: true })
                    yield return (s.Offset, s.Size);
            }
        }
        else
        {
            foreach (ElfProgramHeader p in programHeaders)
            {
                if (p.Type == ElfSegmentType.Load && !p.IsWritable)
                    yield return (p.Offset, p.FileSize);
            }
        }
    }
}
