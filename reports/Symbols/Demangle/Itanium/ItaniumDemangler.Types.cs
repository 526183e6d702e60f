namespace MemTools.Reports.Symbols.Demangle.Itanium;

internal sealed partial class ItaniumDemangler
{
    // <type> ::= <builtin-type> | <qualified-type> | <function-type> | <class-enum-type> | <array-type> | <pointer-to-member-type>
    //          | <template-param> | <template-template-param> <template-args> | <decltype> | P R O C G <type> | Dp <type> | <substitution>
    private int ParseType()
    {
        if (!Enter())
            return 0;
        byte peek = Peek;
        if (IsTypeQualifier(peek))
            return Leave(ParseQualifiedType());
        if (IsLower(peek) && peek != 'u')
        {
            if (BuiltinType.All[peek - 'a'] is null)
                return Leave(0);
            _pos++;
            return Leave(Leaf(NodeKind.Builtin, peek - 'a'));
        }
        int type;
        bool substitutable = true;
        switch (peek)
        {
            case (byte)'P': type = ParseIndirection(NodeKind.Pointer); break;
            case (byte)'R': type = ParseIndirection(NodeKind.Reference); break;
            case (byte)'O': type = ParseIndirection(NodeKind.RvalueReference); break;
            case (byte)'C': type = ParseIndirection(NodeKind.Complex); break;
            case (byte)'G': type = ParseIndirection(NodeKind.Imaginary); break;
            case (byte)'S': type = ParseTypeFromS(ref substitutable); break;
            case (byte)'T': type = ParseTypeFromT(); break;
            case (byte)'F': type = ParseFunctionType(); break;
            case (byte)'A': type = ParseArrayType(); break;
            case (byte)'M':
                _pos++;
                type = Make(NodeKind.PointerToMember, ParseType(), ParseType());
                break;
            case (byte)'U' when PeekNext is not ((byte)'l' or (byte)'t' or (byte)'b'):
                _pos++;
                int qualifier = WithArguments(ParseSourceName());
                type = Make(NodeKind.VendorQualifier, qualifier == 0 ? 0 : ParseType(), qualifier);
                break;
            case (byte)'u':
                _pos++;
                type = WithArguments(Make(NodeKind.VendorType, ParseSourceName()));
                break;
            case (byte)'D': type = ParseTypeFromD(ref substitutable); break;
            default:
                type = IsDigit(peek) || peek is (byte)'N' or (byte)'Z' or (byte)'U' or (byte)'W' or (byte)'L' ? ParseName() : 0;
                break;
        }
        if (type != 0 && substitutable)
            AddSubstitution(type);
        return Leave(type);
    }

    private int WithArguments(int name) =>
        name != 0 && Peek == 'I' ? Make(NodeKind.Template, name, ParseTemplateArguments()) : name;

    private int ParseIndirection(NodeKind kind)
    {
        _pos++;
        return Make(kind, ParseType());
    }

    private bool IsTypeQualifier(byte peek) =>
        peek is (byte)'r' or (byte)'V' or (byte)'K'
        || (peek == 'D' && PeekNext is (byte)'x' or (byte)'o' or (byte)'O' or (byte)'w');

    // <qualified-type> ::= <qualifiers> <type>; the type with some of the qualifiers is no substitution, with all it is
    private int ParseQualifiedType()
    {
        int outer = 0, inner = 0;
        if (!ParseQualifiers(memberFunction: false, ref outer, ref inner))
            return 0;
        // Qualifiers before a function type are of its "this": the unqualified type is no substitution either.
        int type = Peek == 'F' ? ParseFunctionType() : ParseType();
        if (type == 0)
            return 0;
        if (KindOf(type) is NodeKind.ReferenceThis or NodeKind.RvalueReferenceThis)
        {
            // Written after the other qualifiers.
            int function = _nodes[type].A;
            _nodes[type].A = Qualify(outer, inner, function);
        }
        else
        {
            type = Qualify(outer, inner, type);
        }
        AddSubstitution(type);
        return type;
    }

    // <qualifiers> ::= [r] [V] [K] and, of function types, Do | DO <expression> E | Dw <type>+ E | Dx
    private bool ParseQualifiers(bool memberFunction, ref int outer, ref int inner)
    {
        while (IsTypeQualifier(Peek))
        {
            int qualifier;
            byte peek = _input[_pos++];
            switch (peek)
            {
                case (byte)'r': qualifier = MakeAny(memberFunction ? NodeKind.RestrictThis : NodeKind.Restrict, 0, 0); break;
                case (byte)'V': qualifier = MakeAny(memberFunction ? NodeKind.VolatileThis : NodeKind.Volatile, 0, 0); break;
                case (byte)'K': qualifier = MakeAny(memberFunction ? NodeKind.ConstThis : NodeKind.Const, 0, 0); break;
                default: qualifier = ParseFunctionQualifier(); break;
            }
            if (qualifier == 0)
                return false;
            if (outer == 0)
                outer = qualifier;
            else
                _nodes[inner].A = qualifier;
            inner = qualifier;
        }
        if (!memberFunction && Peek == 'F')
        {
            for (int i = outer; i != 0; i = _nodes[i].A)
            {
                ref Node node = ref _nodes[i];
                node.Kind = node.Kind switch
                {
                    NodeKind.Restrict => NodeKind.RestrictThis,
                    NodeKind.Volatile => NodeKind.VolatileThis,
                    NodeKind.Const => NodeKind.ConstThis,
                    var other => other,
                };
            }
        }
        return true;
    }

    private int ParseFunctionQualifier()
    {
        switch (_input[_pos++])
        {
            case (byte)'x': return MakeAny(NodeKind.TransactionSafe, 0, 0);
            case (byte)'o': return MakeAny(NodeKind.Noexcept, 0, 0);
            case (byte)'O':
                int condition = ParseExpression();
                return condition != 0 && Check('E') ? MakeAny(NodeKind.Noexcept, 0, condition) : 0;
            default:
                int types = ParseParameters();
                return types != 0 && Check('E') ? MakeAny(NodeKind.ThrowSpecification, 0, types) : 0;
        }
    }

    // <function-type> ::= F [Y] <bare-function-type> [<ref-qualifier>] E
    private int ParseFunctionType()
    {
        if (!Enter())
            return 0;
        _pos++;
        Check('Y');
        int type = ParseBareFunctionType(hasReturnType: true);
        if (type == 0)
            return Leave(0);
        NodeKind reference = ParseReferenceQualifier();
        if (reference != NodeKind.None)
            type = Make(reference, type);
        return Leave(Check('E') ? type : 0);
    }

    // <bare-function-type> ::= [J] <signature type>+
    private int ParseBareFunctionType(bool hasReturnType)
    {
        hasReturnType |= Check('J');
        int result = 0;
        if (hasReturnType && (result = ParseType()) == 0)
            return 0;
        int parameters = ParseParameters();
        return parameters == 0 ? 0 : MakeAny(NodeKind.FunctionType, result, parameters);
    }

    private int ParseParameters()
    {
        int first = 0, last = 0;
        while (Peek is not (0 or (byte)'E' or (byte)'.' or (byte)'Q') && !IsReferenceQualifierAtEnd() && !IsBlockSuffix())
        {
            int type = ParseType();
            if (type == 0)
                return 0;
            int item = MakeAny(NodeKind.ArgumentList, type, 0);
            if (first == 0)
            {
                first = item;
            }
            else
            {
                _nodes[last].B = item;
                _nodes[first].Flags |= _nodes[type].Flags & NodeFlags.Open;
            }
            last = item;
        }
        if (first != 0 && first == last)
        {
            ref Node only = ref _nodes[_nodes[first].A];
            if (only.Kind == NodeKind.Builtin && BuiltinType.All[only.A]!.Form == LiteralForm.Void)
                _nodes[first].A = 0;
        }
        return first;
    }

    private bool IsReferenceQualifierAtEnd() => Peek is (byte)'R' or (byte)'O' && PeekNext == 'E';

    private bool IsBlockSuffix() => Peek == '_' && _input.AsSpan(_pos, _end - _pos).StartsWith("_block_invoke"u8);

    // <array-type> ::= A [<number> | <expression>] _ <element type>
    private int ParseArrayType()
    {
        _pos++;
        int dimension = 0;
        if (Peek != '_')
        {
            if (IsDigit(Peek))
            {
                int start = _pos;
                while (IsDigit(Peek))
                    _pos++;
                dimension = Leaf(NodeKind.Name, start, _pos - start);
            }
            else if ((dimension = ParseExpression()) == 0)
            {
                return 0;
            }
        }
        if (!Check('_'))
            return 0;
        int element = ParseType();
        return element == 0 ? 0 : MakeAny(NodeKind.ArrayType, dimension, element);
    }

    private int ParseTypeFromS(ref bool substitutable)
    {
        byte next = PeekNext;
        if (!IsDigit(next) && next != '_' && !IsUpper(next))
        {
            int name = ParseName();
            // A standard abbreviation alone is no new substitution, with template arguments it is.
            substitutable = KindOf(name) != NodeKind.StandardName;
            return name;
        }
        int type = ParseSubstitution(prefix: false);
        if (KindOf(type) is NodeKind.ModuleName or NodeKind.ModulePartition)
            return WithArgumentsOf(ParseUnqualifiedName(0, type));
        if (type != 0 && Peek == 'I')
            return Make(NodeKind.Template, type, ParseTemplateArguments());
        substitutable = false;
        return type;
    }

    private int WithArgumentsOf(int name)
    {
        if (name == 0 || Peek != 'I')
            return name;
        AddSubstitution(name);
        return Make(NodeKind.Template, name, ParseTemplateArguments());
    }

    private int ParseTypeFromT()
    {
        // Elaborated enumeration, structure and union: Te Ts Tu <name>
        if (PeekNext is (byte)'e' or (byte)'s' or (byte)'u')
        {
            _pos += 2;
            return ParseName();
        }
        int type = ParseTemplateParameter();
        if (type == 0 || Peek != 'I')
            return type;
        if (!_isConversion)
        {
            AddSubstitution(type);
            return Make(NodeKind.Template, type, ParseTemplateArguments());
        }
        // The arguments are of the target type only if the operator's own follow them: "operator T<int><char>".
        (int pos, int nodes, int substitutions) = (_pos, _nodeCount, _substitutionCount);
        int arguments = ParseTemplateArguments();
        if (Peek == 'I')
        {
            AddSubstitution(type);
            return Make(NodeKind.Template, type, arguments);
        }
        (_pos, _nodeCount, _substitutionCount) = (pos, nodes, substitutions);
        return type;
    }

    private int ParseTypeFromD(ref bool substitutable)
    {
        byte letter = PeekNext;
        _pos += 2;
        switch (letter)
        {
            case (byte)'T':
            case (byte)'t':
                int expression = ParseExpression();
                return expression != 0 && Check('E') ? Make(NodeKind.Decltype, expression) : 0;
            case (byte)'p': return Make(NodeKind.PackExpansion, ParseType());
            case (byte)'v': return ParseVectorType();
            case (byte)'a':
                substitutable = false;
                return Word(ConstantText.Auto);
            case (byte)'c':
                substitutable = false;
                return Word(ConstantText.DecltypeAuto);
            case (byte)'k':
            case (byte)'K':
                return Make(NodeKind.ConstrainedAuto, ParseName(), Word(letter == 'k' ? ConstantText.Auto : ConstantText.DecltypeAuto));
            case (byte)'F':
                substitutable = false;
                return ParseFloat();
            case (byte)'B':
            case (byte)'U':
                return ParseBitInt(letter == 'U');
            default:
                substitutable = false;
                int builtin = BuiltinType.OfD(letter);
                return builtin < 0 ? 0 : Leaf(NodeKind.Builtin, builtin);
        }
    }

    // Dv (<number> | _ <expression>) _ <type>
    private int ParseVectorType()
    {
        int dimension;
        if (Check('_'))
        {
            dimension = ParseExpression();
        }
        else
        {
            if (!IsDigit(Peek))
                return 0;
            int value = ParseNumber();
            dimension = value < 0 ? 0 : Leaf(NodeKind.Number, value);
        }
        return dimension != 0 && Check('_') ? Make(NodeKind.VectorType, dimension, ParseType()) : 0;
    }

    // DF <number> _ | DF <number> x | DF16b
    private int ParseFloat()
    {
        int bits = ParseNumber();
        if (bits <= 0)
            return 0;
        if (bits == 16 && Check('b'))
            return Leaf(NodeKind.Builtin, BuiltinType.BFloat16);
        bool extended = Check('x');
        if (!extended && !Check('_'))
            return 0;
        int type = Leaf(NodeKind.NumberedType, ConstantText.Float, bits);
        _nodes[type].X = extended ? ConstantText.X : ConstantText.Empty;
        return type;
    }

    // DB (<number> | <expression>) _ and, unsigned, DU
    private int ParseBitInt(bool isUnsigned)
    {
        int bits;
        if (IsDigit(Peek))
        {
            int value = ParseNumber();
            bits = value < 0 ? 0 : Leaf(NodeKind.Number, value);
        }
        else
        {
            bits = ParseExpression();
        }
        return bits != 0 && Check('_') ? MakeNumbered(NodeKind.BitInt, bits, isUnsigned ? 1 : 0) : 0;
    }
}
