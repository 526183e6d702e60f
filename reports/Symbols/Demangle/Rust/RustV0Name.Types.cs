namespace MemTools.Reports.Symbols.Demangle.Rust;

internal ref partial struct RustV0Name
{
    /// <summary>Most lifetimes of one <c>for&lt;…&gt;</c>.</summary>
    private const ulong MaxBoundLifetimes = 1024;

    private static ReadOnlySpan<byte> BasicType(byte tag) => tag switch
    {
        (byte)'b' => "bool"u8,
        (byte)'c' => "char"u8,
        (byte)'e' => "str"u8,
        (byte)'u' => "()"u8,
        (byte)'a' => "i8"u8,
        (byte)'s' => "i16"u8,
        (byte)'l' => "i32"u8,
        (byte)'x' => "i64"u8,
        (byte)'n' => "i128"u8,
        (byte)'i' => "isize"u8,
        (byte)'h' => "u8"u8,
        (byte)'t' => "u16"u8,
        (byte)'m' => "u32"u8,
        (byte)'y' => "u64"u8,
        (byte)'o' => "u128"u8,
        (byte)'j' => "usize"u8,
        (byte)'f' => "f32"u8,
        (byte)'d' => "f64"u8,
        (byte)'z' => "!"u8,
        (byte)'p' => "_"u8,
        (byte)'v' => "..."u8,
        _ => default,
    };

    private void Type()
    {
        if (!Enter())
            return;
        byte tag = Next();
        ReadOnlySpan<byte> basic = BasicType(tag);
        if (!basic.IsEmpty)
            Put(basic);
        else
            CompoundType(tag);
        _depth--;
    }

    private void CompoundType(byte tag)
    {
        switch (tag)
        {
            case (byte)'R':
            case (byte)'Q':
                Put("&"u8);
                if (Eat('L'))
                {
                    ulong lifetime = Base62();
                    if (lifetime != 0)
                    {
                        PutLifetime(lifetime);
                        Put(" "u8);
                    }
                }
                if (tag == 'Q')
                    Put("mut "u8);
                Type();
                break;
            case (byte)'P':
                Put("*const "u8);
                Type();
                break;
            case (byte)'O':
                Put("*mut "u8);
                Type();
                break;
            case (byte)'A':
            case (byte)'S':
                Put("["u8);
                Type();
                if (tag == 'A')
                {
                    Put("; "u8);
                    Constant(inValue: true);
                }
                Put("]"u8);
                break;
            case (byte)'T':
                Put("("u8);
                if (TypesToEnd() == 1)
                    Put(","u8);
                Put(")"u8);
                break;
            case (byte)'F': FunctionType(); break;
            case (byte)'D': TraitObject(); break;
            case (byte)'B':
                int target = BackReference();
                if (_silent == 0 && !_failed)
                {
                    int held = _pos;
                    _pos = target;
                    Type();
                    _pos = held;
                }
                break;
            default:
                _pos--;
                Path(inValue: false);
                break;
        }
    }

    private int TypesToEnd()
    {
        int count = 0;
        for (; !_failed && !Eat('E'); count++)
        {
            if (count > 0)
                Put(", "u8);
            Type();
        }
        return count;
    }

    // F [G <count>] [U] [K (C | <abi>)] <type>* E <type>
    private void FunctionType()
    {
        ulong held = _lifetimes;
        Binder();
        if (Eat('U'))
            Put("unsafe "u8);
        if (Eat('K'))
        {
            Put("extern \""u8);
            if (Eat('C'))
                Put("C"u8);
            else
                PutAbi(Identifier());
            Put("\" "u8);
        }
        Put("fn("u8);
        TypesToEnd();
        Put(")"u8);
        if (!Eat('u'))
        {
            Put(" -> "u8);
            Type();
        }
        _lifetimes = held;
    }

    /// <summary>The dashes of an ABI's name were mangled as underscores.</summary>
    private void PutAbi(RustIdentifier abi)
    {
        if (abi.IsPunycode || abi.IsEmpty)
        {
            Fail();
            return;
        }
        foreach (byte c in abi.Ascii)
            Put(c == '_' ? "-"u8 : [c]);
    }

    // D [G <count>] (<path> (p <identifier> <type>)*)* E L <lifetime>
    private void TraitObject()
    {
        ulong held = _lifetimes;
        Put("dyn "u8);
        Binder();
        for (int i = 0; !_failed && !Eat('E'); i++)
        {
            if (i > 0)
                Put(" + "u8);
            Trait();
        }
        _lifetimes = held;
        if (!Eat('L'))
        {
            Fail();
            return;
        }
        ulong lifetime = Base62();
        if (lifetime == 0)
            return;
        Put(" + "u8);
        PutLifetime(lifetime);
    }

    private void Trait()
    {
        bool open = PathWithOpenArguments();
        while (Eat('p'))
        {
            Put(open ? ", "u8 : "<"u8);
            open = true;
            PutIdentifier(Identifier());
            Put(" = "u8);
            Type();
        }
        if (open)
            Put(">"u8);
    }

    /// <summary>A trait's path whose generic arguments stay open for the associated types that follow.</summary>
    private bool PathWithOpenArguments()
    {
        if (!Enter())
            return false;
        bool open = false;
        if (Eat('B'))
        {
            int target = BackReference();
            if (_silent == 0 && !_failed)
            {
                int held = _pos;
                _pos = target;
                open = PathWithOpenArguments();
                _pos = held;
            }
        }
        else if (Eat('I'))
        {
            Path(inValue: false);
            Put("<"u8);
            open = true;
            GenericArguments();
        }
        else
        {
            Path(inValue: false);
        }
        _depth--;
        return open;
    }

    private void Binder()
    {
        ulong count = OptionalBase62('G');
        if (count == 0 || _failed)
            return;
        if (count > MaxBoundLifetimes)
        {
            Fail();
            return;
        }
        Put("for<"u8);
        for (ulong i = 0; i < count; i++)
        {
            if (i > 0)
                Put(", "u8);
            _lifetimes++;
            PutLifetime(1);
        }
        Put("> "u8);
    }
}
