using System.Globalization;
using System.Text;
using MemTools.Reports.Model;

namespace MemTools.Reports.Readers;

/// <summary>One frame line. Fields that are not known are empty, 0 or null.</summary>
internal readonly record struct LeakSanitizerFrame(
    ulong Address, string Function, string File, int Line, int Column, string Module, ulong? Offset, string? BuildId)
{
    /// <summary>Start of the text segment of programs that are not position-independent, on all common linkers' defaults for 64 bits.</summary>
    private const ulong FixedLoadAddress = 0x400000;

    /// <summary>Where the frame's address begins in a line of a stack, behind its number; false for other lines.</summary>
    /// <param name="line">The line; becomes the rest.</param>
    /// <param name="isText">True for the default format, false for fields between bars.</param>
    public static bool TryNumber(ref ReadOnlySpan<byte> line, out bool isText)
    {
        ByteParser.SkipSpaces(ref line);
        isText = ByteParser.TryByte(ref line, (byte)'#');
        return ByteParser.TryNumber(ref line, out _)
            && (isText ? ByteParser.SkipSpaces(ref line) && line.StartsWith("0x"u8) : ByteParser.TryByte(ref line, (byte)'|'));
    }

    /// <summary>Reads what is behind the number.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, bool isText, out LeakSanitizerFrame frame)
    {
        frame = default;
        if (!isText)
        {
            return FromFields(Encoding.UTF8.GetString(text), out frame);
        }

        if (!ByteParser.TryLiteral(ref text, "0x"u8) || !ByteParser.TryHex(ref text, out ulong address))
        {
            return false;
        }

        frame = FromText(address, Encoding.UTF8.GetString(text));
        return true;
    }

    public int ModuleIndex(StackProfileBuilder builder)
    {
        if (Module.Length == 0 || Offset is not { } offset)
        {
            return -1;
        }

        // Without a load bias the offset is the address itself, and the file begins at the fixed address.
        return offset == Address && Address >= FixedLoadAddress
            ? builder.Module(Module, FixedLoadAddress, 0, BuildId)
            : builder.Module(Module, Address - offset, 0, BuildId);
    }

    /// <summary>Reads <c>%p|%m|%o|%f|%s|%l|%c</c>. Only the function may hold a bar (<c>operator|</c>), so the other fields are counted from both ends.</summary>
    private static bool FromFields(string text, out LeakSanitizerFrame frame)
    {
        frame = default;
        string[] fields = text.Split('|');
        if (fields.Length < 7 || !TryAddress(fields[0], out ulong address) || !TryAddress(fields[2], out ulong offset)
            || !int.TryParse(fields[^2], NumberStyles.None, CultureInfo.InvariantCulture, out int line)
            || !int.TryParse(fields[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int column))
        {
            return false;
        }

        string function = string.Join('|', fields[3..^3]);
        frame = new LeakSanitizerFrame(address, Known(function), Known(fields[^3]), line, column, Known(fields[1]), offset, null);
        return true;
    }

    private static bool TryAddress(string text, out ulong value)
    {
        value = 0;
        return text.StartsWith("0x", StringComparison.Ordinal)
            && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    private static string Known(string field) => field == "<null>" ? "" : field;

    private static LeakSanitizerFrame FromText(ulong address, string text)
    {
        string? buildId = null;
        int build = text.LastIndexOf(" (BuildId: ", StringComparison.Ordinal);
        if (build >= 0 && text.EndsWith(')'))
        {
            buildId = text[(build + " (BuildId: ".Length)..^1].ToLowerInvariant();
            text = text[..build];
        }

        if (text.StartsWith(" in ", StringComparison.Ordinal))
        {
            text = text[" in ".Length..];
            if (TryModule(text, out int start, out string module, out ulong offset))
            {
                return new LeakSanitizerFrame(address, text[..start].TrimEnd(), "", 0, 0, module, offset, buildId);
            }

            (string function, string file, int line, int column) = SplitPosition(text);
            return new LeakSanitizerFrame(address, Known(function), Known(file), line, column, "", null, buildId);
        }

        return TryModule(text, out _, out string bare, out ulong at)
            ? new LeakSanitizerFrame(address, "", "", 0, 0, bare, at, buildId)
            : new LeakSanitizerFrame(address, "", "", 0, 0, "", null, buildId);
    }

    /// <summary>Finds <c> (MODULE+0xOFFSET)</c> at the end.</summary>
    private static bool TryModule(string text, out int start, out string module, out ulong offset)
    {
        (start, module, offset) = (0, "", 0);
        int plus = text.LastIndexOf("+0x", StringComparison.Ordinal);
        if (plus < 0 || !text.EndsWith(')') || !TryAddress(text[(plus + 1)..^1], out offset))
        {
            return false;
        }

        start = text.LastIndexOf(" (/", plus, StringComparison.Ordinal);
        start = start >= 0 ? start : text.LastIndexOf(" (", plus, StringComparison.Ordinal);
        if (start < 0)
        {
            return false;
        }

        module = text[(start + 2)..plus];
        return true;
    }

    /// <summary>Splits <c>FUNCTION FILE:LINE:COLUMN</c>; both names may hold blanks.</summary>
    private static (string Function, string File, int Line, int Column) SplitPosition(string text)
    {
        string rest = text;
        int line = 0;
        int column = 0;
        if (TakeNumber(ref rest, out int last))
        {
            line = last;
            if (TakeNumber(ref rest, out int before))
            {
                (line, column) = (before, last);
            }
        }

        int split = PathStart(rest);
        return split < 0 ? (text, "", 0, 0) : (rest[..split], rest[(split + 1)..], line, column);
    }

    private static bool TakeNumber(ref string text, out int number)
    {
        int colon = text.LastIndexOf(':');
        number = 0;
        if (colon <= 0 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out number))
        {
            return false;
        }

        text = text[..colon];
        return true;
    }

    /// <summary>The blank in front of the path: the first outside of brackets that a path follows, else the last outside of brackets.</summary>
    private static int PathStart(string text)
    {
        int depth = 0;
        int last = -1;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == 'o' && text.AsSpan(i).StartsWith("operator") && i + 8 < text.Length && !char.IsAsciiLetterOrDigit(text[i + 8]) && text[i + 8] is not ('_' or ' ' or '('))
            {
                i += 8;
                while (i + 1 < text.Length && "<>=-!*/%^&|~+[]".Contains(text[i + 1], StringComparison.Ordinal))
                {
                    i++;
                }
            }
            else if (c is '(' or '<' or '{' or '[')
            {
                depth++;
            }
            else if (c is ')' or '>' or '}' or ']')
            {
                depth--;
            }
            else if (c == ' ' && depth <= 0)
            {
                ReadOnlySpan<char> next = text.AsSpan(i + 1);
                if (next.StartsWith("/") || next.StartsWith("./") || next.StartsWith("../") || next.SequenceEqual("<null>"))
                {
                    return i;
                }

                last = i;
            }
        }

        return last;
    }
}
