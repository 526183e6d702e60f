namespace MemTools.Reports.Symbols.Demangle.Itanium;

internal sealed partial class ItaniumDemangler
{
    // <symbol> ::= <mangled-name> | _GLOBAL_ [._$] [ID] _ <name> | ___Z <encoding> _block_invoke [_] [<number>]
    private int ParseSymbol()
    {
        ReadOnlySpan<byte> input = _input.AsSpan(0, _end);
        if (input.StartsWith("_Z"u8))
            return ParseMangledName(topLevel: true);
        if (input.StartsWith("___Z"u8) || input.StartsWith("____Z"u8))
            return ParseBlockInvocation();
        if (!input.StartsWith("_GLOBAL_"u8) || _end < 11 || _input[8] is not ((byte)'.' or (byte)'_' or (byte)'$')
            || _input[9] is not ((byte)'D' or (byte)'I') || _input[10] != '_')
            return 0;
        NodeKind kind = _input[9] == 'I' ? NodeKind.GlobalConstructors : NodeKind.GlobalDestructors;
        _pos = 11;
        int keyed;
        if (Check('_', 'Z'))
            keyed = ParseEncoding(topLevel: false);
        else if (_pos < _end)
            keyed = Leaf(NodeKind.Name, _pos, _end - _pos);
        else
            return 0;
        // What follows the key is the compiler's own numbering.
        _pos = _end;
        return Make(kind, keyed);
    }

    // Apple's blocks: ___Z <encoding> _block_invoke [_] [<number>] [. <suffix>]
    private int ParseBlockInvocation()
    {
        while (PeekNext == '_')
            _pos++;
        if (!Check('_', 'Z'))
            return 0;
        int encoding = ParseEncoding(topLevel: true);
        if (encoding == 0 || !_input.AsSpan(_pos, _end - _pos).StartsWith("_block_invoke"u8))
            return 0;
        _pos += "_block_invoke".Length;
        bool numbered = Check('_');
        if (numbered && !IsDigit(Peek))
            return 0;
        while (IsDigit(Peek))
            _pos++;
        if (Peek == '.')
            _pos = _end;
        return Make(NodeKind.BlockInvocation, encoding);
    }

    // <mangled-name> ::= _Z <encoding> [. <vendor-specific suffix>]
    private int ParseMangledName(bool topLevel)
    {
        // Old versions of GCC forgot the underscore of names inside of expressions.
        if (!Check('_') && topLevel)
            return 0;
        if (!Check('Z'))
            return 0;
        int name = ParseEncoding(topLevel);
        while (topLevel && name != 0 && Peek == '.' && IsCloneStart(PeekNext))
            name = ParseCloneSuffix(name);
        return name;
    }

    private static bool IsCloneStart(byte c) => IsLower(c) || IsDigit(c) || c == '_';

    // .cold, .constprop.0, .isra.0.1, .llvm.123
    private int ParseCloneSuffix(int name)
    {
        int start = _pos;
        _pos += 2;
        while (IsCloneStart(Peek))
            _pos++;
        while (Peek == '.' && IsDigit(PeekNext))
        {
            _pos += 2;
            while (IsDigit(Peek))
                _pos++;
        }
        return Make(NodeKind.Clone, name, Leaf(NodeKind.Name, start, _pos - start));
    }

    // <encoding> ::= <name> <bare-function-type> [Q <requires-clause expression>] | <name> | <special-name>
    private int ParseEncoding(bool topLevel)
    {
        if (!Enter())
            return 0;
        if (Peek is (byte)'G' or (byte)'T')
            return Leave(ParseSpecialName());
        int name = ParseName();
        if (name == 0 || Peek is 0 or (byte)'E')
            return Leave(name);
        int type = ParseBareFunctionType(HasReturnType(name));
        if (type == 0)
            return Leave(0);
        // The return type of a function that only holds a local entity would read as the entity's.
        if (!topLevel && KindOf(name) == NodeKind.LocalName)
            _nodes[type].A = 0;
        int encoding = Make(NodeKind.TypedName, name, type);
        if (Peek == 'Q')
        {
            _pos++;
            encoding = Make(NodeKind.Constrained, encoding, ParseExpression());
        }
        return Leave(encoding);
    }

    /// <summary>Only templates carry their return type, and of these not constructors, destructors and conversions.</summary>
    private bool HasReturnType(int name)
    {
        while (true)
        {
            ref Node node = ref _nodes[name];
            if (node.Kind == NodeKind.LocalName)
                name = node.B;
            else if (node.Kind == NodeKind.DefaultArgument || IsFunctionQualifier(node.Kind))
                name = node.A;
            else
                return node.Kind == NodeKind.Template && !IsConstructorDestructorOrConversion(node.A);
        }
    }

    private bool IsConstructorDestructorOrConversion(int name)
    {
        while (KindOf(name) is NodeKind.QualifiedName or NodeKind.LocalName)
            name = _nodes[name].B;
        return KindOf(name) is NodeKind.Constructor or NodeKind.Destructor or NodeKind.Conversion;
    }

    // <special-name> ::= T… | G…
    private int ParseSpecialName()
    {
        bool isT = Peek == 'T';
        byte letter = PeekNext;
        _pos += 2;
        return isT ? ParseSpecialT(letter) : ParseSpecialG(letter);
    }

    private int ParseSpecialT(byte letter)
    {
        switch (letter)
        {
            case (byte)'V': return Make(NodeKind.Vtable, ParseType());
            case (byte)'T': return Make(NodeKind.Vtt, ParseType());
            case (byte)'I': return Make(NodeKind.TypeInfo, ParseType());
            case (byte)'S': return Make(NodeKind.TypeInfoName, ParseType());
            case (byte)'F': return Make(NodeKind.TypeInfoFunction, ParseType());
            case (byte)'J': return Make(NodeKind.JavaClass, ParseType());
            case (byte)'H': return Make(NodeKind.TlsInit, ParseName());
            case (byte)'W': return Make(NodeKind.TlsWrapper, ParseName());
            case (byte)'A': return Make(NodeKind.TemplateObject, ParseTemplateArgument());
            case (byte)'h':
            case (byte)'v':
                if (!SkipCallOffset(letter))
                    return 0;
                return Make(letter == 'h' ? NodeKind.Thunk : NodeKind.VirtualThunk, ParseEncoding(topLevel: false));
            case (byte)'c':
                if (!SkipCallOffset(0) || !SkipCallOffset(0))
                    return 0;
                return Make(NodeKind.CovariantThunk, ParseEncoding(topLevel: false));
            case (byte)'C':
                int derived = ParseType();
                if (derived == 0 || ParseNumber() < 0 || !Check('_'))
                    return 0;
                return Make(NodeKind.ConstructionVtable, ParseType(), derived);
            default: return 0;
        }
    }

    private int ParseSpecialG(byte letter)
    {
        switch (letter)
        {
            case (byte)'V': return Make(NodeKind.Guard, ParseName());
            case (byte)'A': return Make(NodeKind.HiddenAlias, ParseEncoding(topLevel: false));
            case (byte)'T':
                byte clone = Peek;
                _pos += clone == 0 ? 0 : 1;
                return Make(clone == 'n' ? NodeKind.NonTransactionClone : NodeKind.TransactionClone, ParseEncoding(topLevel: false));
            case (byte)'R':
                int name = ParseName();
                return name == 0 ? 0 : MakeNumbered(NodeKind.ReferenceTemporary, name, ParseTemporaryNumber());
            case (byte)'I': return ParseModuleInitializer();
            default: return 0;
        }
    }

    // [<seq-id>] _ ; GCC before 5 wrote a number and no underscore, and an L name's discriminator has eaten a lone one
    private int ParseTemporaryNumber()
    {
        int start = _pos, sequence = 0, number = 0;
        while (IsDigit(Peek) || IsUpper(Peek))
        {
            int digit = SequenceDigit(_input[_pos++]);
            sequence = Math.Min((sequence * 36) + digit, 1 << 24);
            number = Math.Min((number * 10) + digit, 1 << 24);
        }
        bool any = _pos > start;
        return Check('_') ? sequence + (any ? 1 : 0) : number;
    }

    private static int SequenceDigit(byte c) => IsDigit(c) ? c - '0' : c - 'A' + 10;

    // <call-offset> ::= h <number> _ | v <number> _ <number> _
    private bool SkipCallOffset(byte letter)
    {
        if (letter == 0)
            letter = _input[_pos++];
        if (letter is not ((byte)'h' or (byte)'v'))
            return false;
        SkipNumber();
        if (!Check('_'))
            return false;
        if (letter == 'h')
            return true;
        SkipNumber();
        return Check('_');
    }

    // GI <module-name>
    private int ParseModuleInitializer()
    {
        int module = 0;
        if (!ParseModules(ref module) || module == 0)
            return 0;
        return Make(NodeKind.ModuleInitializer, module);
    }

    private void SkipNumber()
    {
        Check('n');
        while (IsDigit(Peek))
            _pos++;
    }

    /// <summary>[n] digits; no digits are 0; what does not fit an int is -1.</summary>
    private int ParseNumber()
    {
        bool negative = Check('n');
        int value = 0;
        while (IsDigit(Peek))
        {
            if (value > (int.MaxValue - 9) / 10)
                return -1;
            value = (value * 10) + _input[_pos++] - '0';
        }
        return negative ? -value : value;
    }

    /// <summary>_ is 0, n_ is n + 1; -1 when it is neither.</summary>
    private int ParseCompactNumber()
    {
        int value = 0;
        if (Peek == 'n')
            return -1;
        if (Peek != '_')
        {
            if (!IsDigit(Peek))
                return -1;
            value = ParseNumber();
            if (value < 0)
                return -1;
            value++;
        }
        return Check('_') ? value : -1;
    }
}
