using System.Globalization;
using System.Numerics;
using System.Text;

namespace MemTools.Reports.Symbols.Demangle.Rust;

/// <summary>
/// Rust's first mangling, which borrows C++'s nested names: <c>_ZN4core3fmt5Write9write_str17h0123456789abcdefE</c> is
/// <c>core::fmt::Write::write_str</c>. The hash at the end tells it from C++ and is not written.
/// </summary>
internal static class RustLegacyName
{
    private const int HashLength = 17;

    /// <summary>A hash with fewer different digits than this is somebody's C++ name (the rule of binutils).</summary>
    private const int MinHashDigits = 5;

    public static bool TryDemangle(ReadOnlySpan<byte> name, RustOutput output)
    {
        if (!name.StartsWith("_ZN"u8))
            return false;
        ReadOnlySpan<byte> path = WithoutSuffix(name[3..]);
        // A cheap look at the end before anything else: most names here are C++.
        if (path.Length <= HashLength + 2 || !path[^(HashLength + 2)..].StartsWith("17h"u8) || !IsHash(path[^HashLength..]))
            return false;
        foreach (byte c in path)
        {
            if (!char.IsAsciiLetterOrDigit((char)c) && c is not ((byte)'_' or (byte)'$' or (byte)'.' or (byte)':' or (byte)'@'))
                return false;
        }
        int pos = 0, segments = 0, end = path.Length - HashLength - 2;
        while (pos < end)
        {
            if (!TryReadIdentifier(path, ref pos, out ReadOnlySpan<byte> identifier) || pos > end)
                return false;
            if (segments++ > 0)
                output.Put("::"u8);
            PutIdentifier(identifier, output);
        }
        return segments > 0 && pos == end && !output.Overflowed;
    }

    /// <summary>Up to the E that ends the path; a suffix of the optimiser, <c>.llvm.123</c>, may follow it.</summary>
    private static ReadOnlySpan<byte> WithoutSuffix(ReadOnlySpan<byte> name)
    {
        for (int i = name.Length; i > 0; i--)
        {
            if (name[i - 1] == 'E' && (i == name.Length || name[i] == '.'))
                return name[..(i - 1)];
        }
        return default;
    }

    private static bool IsHash(ReadOnlySpan<byte> segment)
    {
        if (segment[0] != 'h')
            return false;
        int seen = 0;
        foreach (byte c in segment[1..])
        {
            if (!char.IsAsciiHexDigitLower((char)c))
                return false;
            seen |= 1 << (c <= '9' ? c - '0' : c - 'a' + 10);
        }
        return BitOperations.PopCount((uint)seen) >= MinHashDigits;
    }

    private static bool TryReadIdentifier(ReadOnlySpan<byte> path, ref int pos, out ReadOnlySpan<byte> identifier)
    {
        identifier = default;
        int length = 0, start = pos;
        while (pos < path.Length && char.IsAsciiDigit((char)path[pos]))
        {
            length = (length * 10) + path[pos++] - '0';
            if (length > path.Length)
                return false;
        }
        if (pos == start || length == 0 || length > path.Length - pos)
            return false;
        identifier = path.Slice(pos, length);
        pos += length;
        return true;
    }

    private static void PutIdentifier(ReadOnlySpan<byte> rest, RustOutput output)
    {
        // An identifier must not begin with an escape: the compiler puts an underscore before it.
        if (rest.StartsWith("_$"u8))
            rest = rest[1..];
        while (!rest.IsEmpty)
        {
            int plain = rest.IndexOfAny((byte)'$', (byte)'.');
            if (plain != 0)
            {
                plain = plain < 0 ? rest.Length : plain;
                output.Put(rest[..plain]);
                rest = rest[plain..];
            }
            else if (rest[0] == '.')
            {
                bool path = rest.StartsWith(".."u8);
                output.Put(path ? "::"u8 : "."u8);
                rest = rest[(path ? 2 : 1)..];
            }
            else
            {
                int end = rest[1..].IndexOf((byte)'$');
                if (end < 0 || !TryUnescape(rest.Slice(1, end), out Rune rune))
                {
                    output.Put(rest);
                    return;
                }
                output.Put(rune);
                rest = rest[(end + 2)..];
            }
        }
    }

    private static bool TryUnescape(ReadOnlySpan<byte> escape, out Rune rune)
    {
        char c = escape switch
        {
            [(byte)'C'] => ',',
            [(byte)'S', (byte)'P'] => '@',
            [(byte)'B', (byte)'P'] => '*',
            [(byte)'R', (byte)'F'] => '&',
            [(byte)'L', (byte)'T'] => '<',
            [(byte)'G', (byte)'T'] => '>',
            [(byte)'L', (byte)'P'] => '(',
            [(byte)'R', (byte)'P'] => ')',
            _ => '\0',
        };
        rune = new Rune(c);
        if (c != '\0')
            return true;
        return escape is [(byte)'u', _, _, ..] and { Length: <= 7 }
            && uint.TryParse(escape[1..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value)
            && value >= 0x20 && value != 0x7F && Rune.TryCreate(value, out rune);
    }
}
