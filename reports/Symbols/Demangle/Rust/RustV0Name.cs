namespace MemTools.Reports.Symbols.Demangle.Rust;

/// <summary>
/// Rust's second mangling (RFC 2603, https://doc.rust-lang.org/rustc/symbol-mangling/v0.html):
/// <c>_RNvNtCs1234_7mycrate3foo3bar</c> is <c>mycrate::foo::bar</c>. Crate hashes and types of constants are not written.
/// </summary>
internal ref partial struct RustV0Name
{
    private readonly ReadOnlySpan<byte> _name;
    private readonly RustOutput _output;
    private readonly bool _short;
    private int _pos;
    private int _depth;
    private int _steps;
    private int _silent;
    private ulong _lifetimes;
    private bool _failed;

    private RustV0Name(ReadOnlySpan<byte> name, RustOutput output, bool isShort)
    {
        _name = name;
        _output = output;
        _short = isShort;
    }

    public static bool TryDemangle(ReadOnlySpan<byte> mangled, DemangleStyle style, RustOutput output)
    {
        if (!mangled.StartsWith("_R"u8) || mangled.Length > DemangleLimits.MaxMangledBytes)
            return false;
        ReadOnlySpan<byte> name = mangled[2..];
        int suffix = name.IndexOf((byte)'.');
        if (suffix >= 0)
            name = name[..suffix];
        if (name.IsEmpty || !char.IsAsciiLetterUpper((char)name[0]))
            return false;
        foreach (byte c in name)
        {
            if (!char.IsAsciiLetterOrDigit((char)c) && c != '_')
                return false;
        }
        var reader = new RustV0Name(name, output, style == DemangleStyle.Short);
        reader.Path(inValue: true);
        if (!reader._failed && reader._pos < name.Length)
        {
            // The crate that made the instance.
            reader._silent++;
            reader.Path(inValue: false);
        }
        return !reader._failed && !output.Overflowed && reader._pos == name.Length && output.Length > 0;
    }

    private void Fail() => _failed = true;

    private bool Enter()
    {
        if (_failed || _output.Overflowed || ++_depth > MaxDepth || ++_steps > DemangleLimits.MaxPrintSteps)
        {
            Fail();
            return false;
        }
        return true;
    }

    /// <summary>Deepest nesting of paths and types.</summary>
    private const int MaxDepth = 500;

    private byte Next()
    {
        if (_pos < _name.Length)
            return _name[_pos++];
        Fail();
        return 0;
    }

    private bool Eat(char c)
    {
        if (_failed || _pos >= _name.Length || _name[_pos] != c)
            return false;
        _pos++;
        return true;
    }

    private readonly void Put(ReadOnlySpan<byte> text)
    {
        if (_silent == 0 && !_failed)
            _output.Put(text);
    }

    private readonly void PutNumber(ulong number)
    {
        if (_silent == 0 && !_failed)
            _output.PutNumber(number);
    }

    // <base-62-number> ::= [0-9a-zA-Z]* _ ; _ is 0, 0_ is 1
    private ulong Base62()
    {
        if (Eat('_'))
            return 0;
        ulong value = 0;
        while (!Eat('_') && !_failed)
        {
            byte c = Next();
            int digit = char.IsAsciiDigit((char)c) ? c - '0'
                : char.IsAsciiLetterLower((char)c) ? c - 'a' + 10
                : char.IsAsciiLetterUpper((char)c) ? c - 'A' + 36 : -1;
            if (digit < 0 || value > (ulong.MaxValue - 62) / 62)
            {
                Fail();
                return 0;
            }
            value = (value * 62) + (ulong)digit;
        }
        return value + 1;
    }

    private ulong OptionalBase62(char tag) => Eat(tag) ? Base62() + 1 : 0;

    /// <summary>Where a back reference points: always to an earlier place, so that following it ends.</summary>
    private int BackReference()
    {
        int here = _pos - 1;
        ulong target = Base62();
        if (target < (ulong)here)
            return (int)target;
        Fail();
        return 0;
    }

    // <path> ::= C <identifier> | M <impl-path> <type> | X <impl-path> <type> <path> | Y <type> <path>
    //          | N <namespace> <path> <identifier> | I <path> <generic-arg>* E | B <back reference>
    private void Path(bool inValue)
    {
        if (!Enter())
            return;
        byte tag = Next();
        switch (tag)
        {
            case (byte)'C':
                OptionalBase62('s');
                PutIdentifier(Identifier());
                break;
            case (byte)'N':
                NestedPath(inValue);
                break;
            case (byte)'M':
            case (byte)'X':
            case (byte)'Y':
                if (tag != 'Y')
                {
                    OptionalBase62('s');
                    _silent++;
                    Path(inValue);
                    _silent--;
                }
                Put("<"u8);
                Type();
                if (tag != 'M')
                {
                    Put(" as "u8);
                    Path(inValue: false);
                }
                Put(">"u8);
                break;
            case (byte)'I':
                Path(inValue);
                if (inValue)
                    Put("::"u8);
                Put("<"u8);
                GenericArguments();
                Put(">"u8);
                break;
            case (byte)'B':
                int target = BackReference();
                if (_silent == 0 && !_failed)
                {
                    int held = _pos;
                    _pos = target;
                    Path(inValue);
                    _pos = held;
                }
                break;
            default:
                Fail();
                break;
        }
        _depth--;
    }

    private void NestedPath(bool inValue)
    {
        byte space = Next();
        if (!char.IsAsciiLetter((char)space))
        {
            Fail();
            return;
        }
        Path(inValue);
        ulong disambiguator = OptionalBase62('s');
        RustIdentifier name = Identifier();
        if (!char.IsAsciiLetterUpper((char)space))
        {
            if (name.IsEmpty)
                return;
            Put("::"u8);
            PutIdentifier(name);
            return;
        }
        // Closures and shims have a kind and a number.
        Put("::{"u8);
        Put(space switch
        {
            (byte)'C' => "closure"u8,
            (byte)'S' => "shim"u8,
            _ => [space],
        });
        if (!name.IsEmpty)
        {
            Put(":"u8);
            PutIdentifier(name);
        }
        Put("#"u8);
        PutNumber(disambiguator);
        Put("}"u8);
    }

    private void GenericArguments()
    {
        if (_short)
        {
            Put("..."u8);
            _silent++;
        }
        for (int i = 0; !_failed && !Eat('E'); i++)
        {
            if (i > 0)
                Put(", "u8);
            if (Eat('L'))
                PutLifetime(Base62());
            else if (Eat('K'))
                Constant(inValue: false);
            else
                Type();
        }
        if (_short)
            _silent--;
    }

    // Lifetimes bound by "for" are counted from the innermost; 0 is erased.
    private void PutLifetime(ulong index)
    {
        if (index == 0)
        {
            Put("'_"u8);
            return;
        }
        if (index > _lifetimes)
        {
            // Inside of silent paths binders are read too, so the count is right there as well.
            Fail();
            return;
        }
        ulong depth = _lifetimes - index;
        Put("'"u8);
        if (depth < 26)
        {
            Put([(byte)('a' + depth)]);
            return;
        }
        Put("_"u8);
        PutNumber(depth);
    }
}
