using System.Text;

namespace MemTools.Reports.Symbols.Demangle.Rust;

internal ref partial struct RustV0Name
{
    // <const> ::= p | <int type> [n] <hex>* _ | b 0_ | b 1_ | c <hex>* _ | e <hex bytes> _ | R <const> | Q <const>
    //           | A <const>* E | T <const>* E | V <path> (U | T <const>* E | S (<identifier> <const>)* E) | B <back reference>
    private void Constant(bool inValue)
    {
        if (!Enter())
            return;
        byte tag = Next();
        switch (tag)
        {
            case (byte)'p': Put("_"u8); break;
            case (byte)'h' or (byte)'t' or (byte)'m' or (byte)'y' or (byte)'o' or (byte)'j': Unsigned(); break;
            case (byte)'a' or (byte)'s' or (byte)'l' or (byte)'x' or (byte)'n' or (byte)'i':
                if (Eat('n'))
                    Put("-"u8);
                Unsigned();
                break;
            case (byte)'b': Bool(); break;
            case (byte)'c': Char(); break;
            case (byte)'B':
                int target = BackReference();
                if (_silent == 0 && !_failed)
                {
                    int held = _pos;
                    _pos = target;
                    Constant(inValue);
                    _pos = held;
                }
                break;
            default:
                // As a generic argument an expression stands in braces.
                if (!inValue)
                    Put("{"u8);
                CompoundConstant(tag);
                if (!inValue)
                    Put("}"u8);
                break;
        }
        _depth--;
    }

    private void CompoundConstant(byte tag)
    {
        switch (tag)
        {
            case (byte)'e':
                // A str by value: only behind a reference does it have a literal.
                Put("*"u8);
                String();
                break;
            case (byte)'R' when Eat('e'): String(); break;
            case (byte)'R':
            case (byte)'Q':
                Put(tag == 'R' ? "&"u8 : "&mut "u8);
                Constant(inValue: true);
                break;
            case (byte)'A':
                Put("["u8);
                ConstantsToEnd();
                Put("]"u8);
                break;
            case (byte)'T':
                Put("("u8);
                if (ConstantsToEnd() == 1)
                    Put(","u8);
                Put(")"u8);
                break;
            case (byte)'V': Structure(); break;
            default: Fail(); break;
        }
    }

    private int ConstantsToEnd()
    {
        int count = 0;
        for (; !_failed && !Eat('E'); count++)
        {
            if (count > 0)
                Put(", "u8);
            Constant(inValue: true);
        }
        return count;
    }

    private void Structure()
    {
        Path(inValue: true);
        switch (Next())
        {
            case (byte)'U': break;
            case (byte)'T':
                Put("("u8);
                ConstantsToEnd();
                Put(")"u8);
                break;
            case (byte)'S':
                Put(" { "u8);
                for (int i = 0; !_failed && !Eat('E'); i++)
                {
                    if (i > 0)
                        Put(", "u8);
                    OptionalBase62('s');
                    PutIdentifier(Identifier());
                    Put(": "u8);
                    Constant(inValue: true);
                }
                Put(" }"u8);
                break;
            default: Fail(); break;
        }
    }

    private ReadOnlySpan<byte> HexDigits()
    {
        int start = _pos;
        while (!_failed)
        {
            byte c = Next();
            if (c == '_')
                return _name[start..(_pos - 1)];
            if (!char.IsAsciiHexDigitLower((char)c))
                Fail();
        }
        return default;
    }

    private static int HexValue(byte c) => c <= '9' ? c - '0' : c - 'a' + 10;

    private static ulong HexNumber(ReadOnlySpan<byte> digits)
    {
        ulong value = 0;
        foreach (byte c in digits)
            value = (value << 4) | (uint)HexValue(c);
        return value;
    }

    private void Unsigned()
    {
        ReadOnlySpan<byte> digits = HexDigits();
        if (digits.Length > 16)
        {
            Put("0x"u8);
            Put(digits);
        }
        else if (digits.IsEmpty)
        {
            Fail();
        }
        else
        {
            PutNumber(HexNumber(digits));
        }
    }

    private void Bool()
    {
        ReadOnlySpan<byte> digits = HexDigits();
        if (digits is [(byte)'0'])
            Put("false"u8);
        else if (digits is [(byte)'1'])
            Put("true"u8);
        else
            Fail();
    }

    private void Char()
    {
        ReadOnlySpan<byte> digits = HexDigits();
        if (digits.Length is 0 or > 8 || !Rune.TryCreate((uint)HexNumber(digits), out Rune rune))
        {
            Fail();
            return;
        }
        Put("'"u8);
        PutEscaped(rune, (byte)'\'', digits);
        Put("'"u8);
    }

    private readonly void PutEscaped(Rune rune, byte quote, ReadOnlySpan<byte> digits)
    {
        switch (rune.Value)
        {
            case '\t': Put("\\t"u8); break;
            case '\r': Put("\\r"u8); break;
            case '\n': Put("\\n"u8); break;
            case '\\': Put("\\\\"u8); break;
            case var value when value == quote: Put([(byte)'\\', quote]); break;
            case >= ' ' and <= '~': Put([(byte)rune.Value]); break;
            default:
                Put("\\u{"u8);
                Put(digits.TrimStart((byte)'0'));
                Put("}"u8);
                break;
        }
    }

    // The bytes of the string's UTF-8, two digits each
    private void String()
    {
        ReadOnlySpan<byte> digits = HexDigits();
        if ((digits.Length & 1) != 0)
        {
            Fail();
            return;
        }
        Put("\""u8);
        Span<byte> utf8 = stackalloc byte[4];
        Span<byte> hex = stackalloc byte[8];
        while (!digits.IsEmpty && !_failed)
        {
            int available = Math.Min(4, digits.Length / 2);
            for (int i = 0; i < available; i++)
                utf8[i] = (byte)HexNumber(digits.Slice(i * 2, 2));
            if (Rune.DecodeFromUtf8(utf8[..available], out Rune rune, out int used) != System.Buffers.OperationStatus.Done)
            {
                Fail();
                return;
            }
            digits = digits[(used * 2)..];
            rune.Value.TryFormat(hex, out int written, "x");
            PutEscaped(rune, (byte)'"', hex[..written]);
        }
        Put("\""u8);
    }
}
