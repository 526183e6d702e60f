namespace MemTools.Reports.Symbols.Demangle.Itanium;

internal sealed partial class ItaniumDemangler
{
    private static ushort Code(char first, char second) => (ushort)((first << 8) | second);

    private int ParseExpression()
    {
        if (!Enter())
            return 0;
        bool wasExpression = _isExpression;
        _isExpression = true;
        int expression = ParseExpressionInner();
        _isExpression = wasExpression;
        return Leave(expression);
    }

    private int ParseExpressionInner()
    {
        byte peek = Peek, next = PeekNext;
        switch (peek)
        {
            case (byte)'L': return ParsePrimary();
            case (byte)'T': return ParseTemplateParameter();
            case (byte)'s' when next == 'r': return ParseUnresolvedName();
            case (byte)'s' when next == 'o': return ParseSubobject();
            case (byte)'s' when next == 'p':
                _pos += 2;
                return Make(NodeKind.PackExpansion, ParseExpression());
            case (byte)'f' when next is (byte)'p' or (byte)'L' && IsFunctionParameter(): return ParseFunctionParameter();
            case (byte)'i' when next == 'l':
            case (byte)'t' when next == 'l': return ParseInitializerList(typed: peek == 't');
            case (byte)'u': return ParseVendorExpression();
            case (byte)'m' when next == 'c': return ParseMemberPointerConversion();
            case (byte)'d' when next == 'n': return ParseDestructorName();
            case (byte)'r' when next is (byte)'q' or (byte)'Q': return ParseRequires();
            case (byte)'o' when next == 'n':
                _pos += 2;
                return ParseNameWithArguments();
            default: return IsDigit(peek) ? ParseNameWithArguments() : ParseOperation();
        }
    }

    private int ParseNameWithArguments() => WithArguments(ParseUnqualifiedName(0, 0));

    /// <summary><c>fL</c> is also a fold: there an operator's letters follow, not a number.</summary>
    private bool IsFunctionParameter() => PeekNext == 'p' || IsDigit(_input[_pos + 2]);

    // fpT | fp <qualifiers> [<number>] _ | fL <level> p <qualifiers> [<number>] _
    private int ParseFunctionParameter()
    {
        bool outer = PeekNext == 'L';
        _pos += 2;
        if (outer)
        {
            SkipNumber();
            if (!Check('p'))
                return 0;
        }
        else if (Check('T'))
        {
            return Leaf(NodeKind.FunctionParameter, 0);
        }
        while (Peek is (byte)'r' or (byte)'V' or (byte)'K')
            _pos++;
        int index = ParseCompactNumber();
        return index is < 0 or int.MaxValue ? 0 : Leaf(NodeKind.FunctionParameter, index + 1);
    }

    // il <expression>* E | tl <type> <expression>* E
    private int ParseInitializerList(bool typed)
    {
        _pos += 2;
        int type = 0;
        if (typed && (type = ParseType()) == 0)
            return 0;
        int items = ParseExpressions('E');
        return items == 0 ? 0 : MakeAny(NodeKind.InitializerList, type, items);
    }

    // u <source-name> <template-arg>* E
    private int ParseVendorExpression()
    {
        _pos++;
        int name = ParseSourceName();
        return Make(NodeKind.VendorExpression, name, name == 0 ? 0 : ParseTemplateArgumentsToEnd());
    }

    // mc <type> <expression> [<offset number>] E: a conversion that is not written
    private int ParseMemberPointerConversion()
    {
        _pos += 2;
        int type = ParseType();
        int operand = type == 0 ? 0 : ParseExpression();
        SkipNumber();
        if (operand == 0 || !Check('E'))
            return 0;
        return Make(NodeKind.Unary, Make(NodeKind.Cast, type), operand);
    }

    // so <type> <expression> [<offset number>] (_ [<number>])* [p] E
    private int ParseSubobject()
    {
        _pos += 2;
        int type = ParseType();
        int of = type == 0 ? 0 : ParseExpression();
        if (of == 0)
            return 0;
        bool negative = Check('n');
        int start = _pos;
        while (IsDigit(Peek))
            _pos++;
        int subobject = Make(NodeKind.Subobject, type, of);
        int offset = _pos == start ? 0 : Leaf(NodeKind.Name, negative ? start - 1 : start, _pos - start + (negative ? 1 : 0));
        _nodes[subobject].X = offset;
        while (Check('_'))
            SkipNumber();
        Check('p');
        return Check('E') ? subobject : 0;
    }

    // dn <destructor-name>: a type or a simple name
    private int ParseDestructorName()
    {
        _pos += 2;
        return Make(NodeKind.Destructor, IsDigit(Peek) ? ParseNameWithArguments() : ParseType());
    }

    // <unresolved-name> after its letters sr: <level>+ E <name> | <type> <name>
    // The ABI has N <type> <level>+ E too, without substitutions; GCC writes the nested name of a type there.
    private int ParseUnresolvedName()
    {
        _pos += 2;
        int scope = IsDigit(Peek) ? ParseUnresolvedLevels() : ParseType();
        if (scope == 0)
            return 0;
        bool destructor = Peek == 'd' && PeekNext == 'n';
        return WithArguments(Make(NodeKind.QualifiedName, scope, destructor ? ParseDestructorName() : ParseBaseName()));
    }

    // on <operator-name> | <source-name>
    private int ParseBaseName()
    {
        Check('o', 'n');
        return ParseUnqualifiedName(0, 0);
    }

    // <level>+ E; GCC before 4.5 wrote one level and no E
    private int ParseUnresolvedLevels()
    {
        int start = _pos;
        int scope = ParseNameWithArguments();
        while (scope != 0 && IsDigit(Peek))
            scope = Make(NodeKind.QualifiedName, scope, ParseNameWithArguments());
        if (scope != 0 && Peek == 'E' && (IsDigit(PeekNext) || PeekNext is (byte)'o' or (byte)'d'))
        {
            _pos++;
            return scope;
        }
        _pos = start;
        return ParseType();
    }

    private int ParseExpressions(char terminator)
    {
        if (Check(terminator))
            return MakeAny(NodeKind.ArgumentList, 0, 0);
        int first = 0, last = 0;
        do
        {
            int expression = ParseExpression();
            if (expression == 0)
                return 0;
            int item = MakeAny(NodeKind.ArgumentList, expression, 0);
            if (first == 0)
            {
                first = item;
            }
            else
            {
                _nodes[last].B = item;
                _nodes[first].Flags |= _nodes[expression].Flags & NodeFlags.Open;
            }
            last = item;
        }
        while (!Check(terminator));
        return first;
    }

    // <expr-primary> ::= L <type> <value> E | L <mangled-name> E | L DnE | L <string type> E
    private int ParsePrimary()
    {
        _pos++;
        int literal;
        if (Peek is (byte)'_' or (byte)'Z')
        {
            literal = ParseMangledName(topLevel: false);
        }
        else
        {
            int type = ParseType();
            if (type == 0)
                return 0;
            if (Peek == 'E' && CanStandAlone(type))
            {
                _pos++;
                return type;
            }
            NodeKind kind = Check('n') ? NodeKind.NegativeLiteral : NodeKind.Literal;
            int start = _pos;
            int length = _input.AsSpan(start, _end - start).IndexOf((byte)'E');
            if (length <= 0)
                return 0;
            _pos += length;
            literal = Make(kind, type, Leaf(NodeKind.Name, start, length));
        }
        return literal != 0 && Check('E') ? literal : 0;
    }

    /// <summary>nullptr, closures and string literals have no value after their type.</summary>
    private bool CanStandAlone(int type)
    {
        ref Node node = ref _nodes[type];
        return node.Kind switch
        {
            NodeKind.Builtin => node.A == BuiltinType.NullPointer,
            NodeKind.ArrayType or NodeKind.Lambda => true,
            NodeKind.LocalName or NodeKind.QualifiedName => KindOf(node.B) == NodeKind.Lambda,
            _ => false,
        };
    }
}
