namespace MemTools.Reports.Readers;

/// <summary>Small steps of parsing ASCII text held as bytes. Each takes what it recognises off the front.</summary>
internal static class ByteParser
{
    /// <summary>A hexadecimal number without a prefix, at most 16 digits.</summary>
    public static bool TryHex(ref ReadOnlySpan<byte> text, out ulong value)
    {
        value = 0;
        int i = 0;
        for (; i < text.Length; i++)
        {
            int digit = HexDigit(text[i]);
            if (digit < 0)
            {
                break;
            }

            value = (value << 4) | (uint)digit;
        }

        text = text[i..];
        return i is > 0 and <= 16;
    }

    /// <summary>A decimal number; false when there is none or it does not fit.</summary>
    public static bool TryNumber(ref ReadOnlySpan<byte> text, out long value)
    {
        ulong sum = 0;
        int i = 0;
        for (; i < text.Length && (uint)(text[i] - '0') <= 9; i++)
        {
            sum = (sum * 10) + (uint)(text[i] - '0');
        }

        bool fits = i is > 0 and <= 18;
        value = fits ? (long)sum : 0;
        if (i is 19)
        {
            fits = long.TryParse(text[..i], System.Globalization.NumberStyles.None, null, out value);
        }

        text = text[i..];
        return fits;
    }

    public static bool TryByte(ref ReadOnlySpan<byte> text, byte expected)
    {
        if (text.IsEmpty || text[0] != expected)
        {
            return false;
        }

        text = text[1..];
        return true;
    }

    public static bool TryLiteral(ref ReadOnlySpan<byte> text, ReadOnlySpan<byte> expected)
    {
        if (!text.StartsWith(expected))
        {
            return false;
        }

        text = text[expected.Length..];
        return true;
    }

    /// <summary>Takes spaces and tabs; false when there were none.</summary>
    public static bool SkipSpaces(ref ReadOnlySpan<byte> text)
    {
        int i = 0;
        while (i < text.Length && (text[i] == ' ' || text[i] == '\t'))
        {
            i++;
        }

        text = text[i..];
        return i > 0;
    }

    /// <summary>Takes everything up to the next space or tab.</summary>
    public static ReadOnlySpan<byte> Word(ref ReadOnlySpan<byte> text)
    {
        int end = text.IndexOfAny((byte)' ', (byte)'\t');
        end = end < 0 ? text.Length : end;
        ReadOnlySpan<byte> word = text[..end];
        text = text[end..];
        return word;
    }

    private static int HexDigit(byte value)
    {
        int digit = value - '0';
        if ((uint)digit <= 9)
        {
            return digit;
        }

        digit = (value | 0x20) - 'a';
        return (uint)digit <= 5 ? digit + 10 : -1;
    }
}
