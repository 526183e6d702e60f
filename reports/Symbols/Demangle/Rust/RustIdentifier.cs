using System.Text;

namespace MemTools.Reports.Symbols.Demangle.Rust;

/// <summary>An identifier of the v0 mangling: ASCII, or ASCII with the rest in Punycode (RFC 3492, with digits a-z0-9).</summary>
internal readonly ref struct RustIdentifier(ReadOnlySpan<byte> ascii, ReadOnlySpan<byte> punycode)
{
    /// <summary>Longest identifier with other than ASCII characters, in characters.</summary>
    public const int MaxPunycodeRunes = 1024;

    public ReadOnlySpan<byte> Ascii { get; } = ascii;

    public ReadOnlySpan<byte> Punycode { get; } = punycode;

    public bool IsPunycode => !Punycode.IsEmpty;

    public bool IsEmpty => Ascii.IsEmpty && Punycode.IsEmpty;

    /// <summary>Decodes into <paramref name="runes"/>; -1 when it is no Punycode.</summary>
    public int Decode(Span<Rune> runes)
    {
        int length = 0;
        foreach (byte c in Ascii)
        {
            if (length == runes.Length)
                return -1;
            runes[length++] = new Rune(c);
        }
        const int Base = 36, TMin = 1, TMax = 26, Skew = 38;
        int damp = 700, bias = 72, pos = 0;
        long index = 0, rune = 0x80;
        while (pos < Punycode.Length)
        {
            long delta = 0, weight = 1;
            for (int k = Base; ; k += Base)
            {
                if (pos == Punycode.Length)
                    return -1;
                byte c = Punycode[pos++];
                int digit = char.IsAsciiLetterLower((char)c) ? c - 'a' : char.IsAsciiDigit((char)c) ? c - '0' + 26 : -1;
                if (digit < 0)
                    return -1;
                delta += digit * weight;
                int threshold = Math.Clamp(k - bias, TMin, TMax);
                if (digit < threshold)
                    break;
                weight *= Base - threshold;
                if (weight > int.MaxValue || delta > int.MaxValue)
                    return -1;
            }
            length++;
            index += delta;
            rune += index / length;
            index %= length;
            if (length > runes.Length || rune > 0x10FFFF || !Rune.TryCreate((uint)rune, out Rune decoded))
                return -1;
            runes[(int)index..(length - 1)].CopyTo(runes[((int)index + 1)..]);
            runes[(int)index++] = decoded;
            delta /= damp;
            damp = 2;
            delta += delta / length;
            int shift = 0;
            for (; delta > (Base - TMin) * TMax / 2; shift += Base)
                delta /= Base - TMin;
            bias = (int)(shift + ((Base - TMin + 1) * delta / (delta + Skew)));
        }
        return length;
    }
}

internal ref partial struct RustV0Name
{
    // <undisambiguated-identifier> ::= [u] <decimal number> [_] <bytes>
    private RustIdentifier Identifier()
    {
        bool punycode = Eat('u');
        byte first = Next();
        if (_failed || !char.IsAsciiDigit((char)first))
        {
            Fail();
            return default;
        }
        int length = first - '0';
        while (length > 0 && _pos < _name.Length && char.IsAsciiDigit((char)_name[_pos]))
        {
            length = (length * 10) + _name[_pos++] - '0';
            if (length > _name.Length)
            {
                Fail();
                return default;
            }
        }
        Eat('_');
        if (length > _name.Length - _pos)
        {
            Fail();
            return default;
        }
        ReadOnlySpan<byte> bytes = _name.Slice(_pos, length);
        _pos += length;
        if (!punycode)
            return new RustIdentifier(bytes, default);
        int separator = bytes.LastIndexOf((byte)'_');
        RustIdentifier identifier = separator < 0
            ? new RustIdentifier(default, bytes)
            : new RustIdentifier(bytes[..separator], bytes[(separator + 1)..]);
        if (!identifier.IsPunycode)
            Fail();
        return identifier;
    }

    private void PutIdentifier(RustIdentifier identifier)
    {
        if (!identifier.IsPunycode)
        {
            Put(identifier.Ascii);
            return;
        }
        if (_silent > 0 || _failed)
            return;
        Rune[] runes = new Rune[Math.Min(RustIdentifier.MaxPunycodeRunes, identifier.Ascii.Length + identifier.Punycode.Length)];
        int length = identifier.Decode(runes);
        if (length < 0)
        {
            Fail();
            return;
        }
        foreach (Rune rune in runes.AsSpan(0, length))
            _output.Put(rune);
    }
}
