namespace MemTools.Reports.Readers;

/// <summary>Small steps of parsing ASCII text held as bytes. Each takes what it recognises off the front.</summary>
internal static class ByteParser
{
    /// <summary>What is no digit, in <see cref="Digits"/>.</summary>
    private const byte X = 16;

    /// <summary>The value of a hexadecimal digit by its byte. A table, for letters and digits mix so that branches on them are mispredicted.</summary>
    private static ReadOnlySpan<byte> Digits =>
    [
        X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
        X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
        X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, X, X, X, X, X, X,
        X, 10, 11, 12, 13, 14, 15, X, X, X, X, X, X, X, X, X,
        X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
        X, 10, 11, 12, 13, 14, 15, X, X, X, X, X, X, X, X, X,
    ];

    /// <summary>A hexadecimal number without a prefix, at most 16 digits.</summary>
    public static bool TryHex(ref ReadOnlySpan<byte> text, out ulong value)
    {
        int length = Hex(text, out value);
        text = text[length..];
        return length is > 0 and <= 16;
    }

    /// <summary>The rest of a line as addresses, each with 0x, separated by spaces or tabs; false when there is anything else.</summary>
    public static bool TryAddresses(ReadOnlySpan<byte> text, ref ulong[] addresses, out int depth)
    {
        depth = 0;
        while (true)
        {
            int start = 0;
            while (start < text.Length && (text[start] == ' ' || text[start] == '\t'))
            {
                start++;
            }

            text = text[start..];
            if (text.IsEmpty)
            {
                return true;
            }

            if (text.Length < 3 || text[0] != '0' || text[1] != 'x')
            {
                return false;
            }

            text = text[2..];
            int length = Hex(text, out ulong address);
            if (length is 0 or > 16)
            {
                return false;
            }

            text = text[length..];
            if (depth == addresses.Length)
            {
                Array.Resize(ref addresses, addresses.Length * 2);
            }

            addresses[depth++] = address;
        }
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

    /// <summary>Digits at the front, and their value (of the last 16).</summary>
    private static int Hex(ReadOnlySpan<byte> text, out ulong value)
    {
        ReadOnlySpan<byte> digits = Digits;
        ulong sum = 0;
        int i = 0;
        for (; i < text.Length; i++)
        {
            uint digit = text[i] < digits.Length ? digits[text[i]] : X;
            if (digit == X)
            {
                break;
            }

            sum = (sum << 4) | digit;
        }

        value = sum;
        return i;
    }
}
