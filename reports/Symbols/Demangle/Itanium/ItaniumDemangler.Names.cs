namespace MemTools.Reports.Symbols.Demangle.Itanium;

internal sealed partial class ItaniumDemangler
{
    // <name> ::= <nested-name> | <unscoped-name> | <unscoped-template-name> <template-args> | <local-name>
    private int ParseName()
    {
        if (!Enter())
            return 0;
        return Leave(Peek switch
        {
            (byte)'N' => ParseNestedName(),
            (byte)'Z' => ParseLocalName(),
            _ => ParseUnscopedName(),
        });
    }

    // <unscoped-name> ::= [St] <unqualified-name> | <substitution>
    private int ParseUnscopedName()
    {
        int name = 0, module = 0;
        bool substituted = false;
        if (Check('S', 't'))
        {
            name = ParseUnqualifiedName(Word(ConstantText.Std), 0);
        }
        else if (Peek == 'S')
        {
            name = ParseSubstitution(prefix: false);
            if (KindOf(name) is NodeKind.ModuleName or NodeKind.ModulePartition)
            {
                module = name;
                name = ParseUnqualifiedName(0, module);
            }
            else
            {
                substituted = true;
            }
        }
        else
        {
            name = ParseUnqualifiedName(0, 0);
        }
        if (name == 0 || Peek != 'I')
            return name;
        if (!substituted)
            AddSubstitution(name);
        return Make(NodeKind.Template, name, ParseTemplateArguments());
    }

    // <nested-name> ::= N [H] [<CV-qualifiers>] [<ref-qualifier>] <prefix> <unqualified-name> E
    private int ParseNestedName()
    {
        _pos++;
        bool explicitObject = Check('H');
        int outer = 0, inner = 0;
        if (!explicitObject && !ParseQualifiers(memberFunction: true, ref outer, ref inner))
            return 0;
        NodeKind reference = ParseReferenceQualifier();
        int name = ParsePrefix(substitutable: true);
        if (name == 0 || !Check('E'))
            return 0;
        name = Qualify(outer, inner, name);
        if (reference != NodeKind.None)
            name = Make(reference, name);
        return explicitObject ? Make(NodeKind.ExplicitObject, name) : name;
    }

    /// <summary>Hangs <paramref name="node"/> below a chain of qualifiers that ends at <paramref name="inner"/>.</summary>
    private int Qualify(int outer, int inner, int node)
    {
        if (outer == 0)
            return node;
        _nodes[inner].A = node;
        NodeFlags open = _nodes[node].Flags & NodeFlags.Open;
        for (int i = outer; open != 0 && i != node; i = _nodes[i].A)
            _nodes[i].Flags |= open;
        return outer;
    }

    private NodeKind ParseReferenceQualifier()
    {
        if (Check('R'))
            return NodeKind.ReferenceThis;
        return Check('O') ? NodeKind.RvalueReferenceThis : NodeKind.None;
    }

    // <prefix>: names, template arguments, substitutions, template parameters and decltypes, one after the other
    private int ParsePrefix(bool substitutable)
    {
        int name = 0;
        while (true)
        {
            byte peek = Peek;
            if (peek is 0 or (byte)'E')
                return name;
            if (peek == 'M')
            {
                // The initialiser of a member scopes a closure; the member is a substitution already.
                if (name == 0)
                    return 0;
                _pos++;
                continue;
            }
            if (peek == 'D' && PeekNext is (byte)'T' or (byte)'t' && name == 0)
            {
                // ParseType has remembered it.
                name = ParseType();
                if (name == 0)
                    return 0;
                continue;
            }
            if (peek == 'I')
            {
                name = Make(NodeKind.Template, name, name == 0 ? 0 : ParseTemplateArguments());
            }
            else if (peek == 'T' && name == 0)
            {
                name = ParseTemplateParameter();
            }
            else
            {
                int module = 0;
                if (peek == 'S')
                {
                    int substitution = ParseSubstitution(prefix: true);
                    if (substitution == 0)
                        return 0;
                    if (KindOf(substitution) is not (NodeKind.ModuleName or NodeKind.ModulePartition))
                    {
                        if (name != 0)
                            return 0;
                        name = substitution;
                        continue;
                    }
                    module = substitution;
                }
                name = ParseUnqualifiedName(name, module);
            }
            if (name == 0)
                return 0;
            if (substitutable && Peek != 'E')
                AddSubstitution(name);
        }
    }

    // <unqualified-name> ::= [<module-name>] [F] (<operator-name> | <ctor-dtor-name> | [L] <source-name> | DC <source-name>+ E | <unnamed>) <abi-tag>*
    private int ParseUnqualifiedName(int scope, int module)
    {
        if (!ParseModules(ref module))
            return 0;
        bool isFriend = Peek == 'F' && (scope != 0) && Check('F');
        byte peek = Peek;
        int name;
        if (IsDigit(peek))
        {
            name = ParseSourceName();
        }
        else if (IsLower(peek))
        {
            name = ParseOperatorFunctionName();
        }
        else if (peek == 'D' && PeekNext == 'C')
        {
            name = ParseStructuredBinding();
        }
        else if (peek is (byte)'C' or (byte)'D')
        {
            name = ParseConstructorOrDestructor();
        }
        else if (peek == 'L')
        {
            _pos++;
            name = IsDigit(Peek) ? ParseSourceName() : ParseInternalName();
            if (!SkipDiscriminator())
                return 0;
        }
        else if (peek == 'U')
        {
            name = PeekNext switch
            {
                (byte)'l' => ParseLambda(),
                (byte)'t' => ParseUnnamedType(),
                (byte)'b' => ParseBlockLiteral(),
                _ => 0,
            };
        }
        else
        {
            return 0;
        }
        if (name == 0)
            return 0;
        if (module != 0)
            name = Make(NodeKind.ModuleEntity, name, module);
        if (Peek == 'B')
            name = ParseAbiTags(name);
        if (isFriend)
            name = Make(NodeKind.FriendName, name);
        return scope != 0 ? Make(NodeKind.QualifiedName, scope, name) : name;
    }

    /// <summary>Clang marks operators and bindings of internal linkage too.</summary>
    private int ParseInternalName()
    {
        if (Peek == 'D' && PeekNext == 'C')
            return ParseStructuredBinding();
        return IsLower(Peek) ? ParseOperatorFunctionName() : 0;
    }

    private int ParseOperatorFunctionName()
    {
        bool wasExpression = _isExpression;
        if (Check('o', 'n'))
            _isExpression = false;
        int name = ParseOperatorName();
        _isExpression = wasExpression;
        if (KindOf(name) == NodeKind.Operator && OperatorTable.All[_nodes[name].A].Code == Code('l', 'i'))
            name = Make(NodeKind.Unary, name, ParseSourceName());
        return name;
    }

    // <source-name> ::= <number> <identifier>
    private int ParseSourceName()
    {
        int length = ParseNumber();
        if (length <= 0 || length > _end - _pos)
            return 0;
        int start = _pos;
        _pos += length;
        // GCC's name of an anonymous namespace: _GLOBAL_ [._$] N …
        if (length >= 10 && _input[start] == '_' && _input.AsSpan(start, 8).SequenceEqual("_GLOBAL_"u8)
            && _input[start + 8] is (byte)'.' or (byte)'_' or (byte)'$' && _input[start + 9] == 'N')
            return _lastName = Word(ConstantText.AnonymousNamespace);
        return _lastName = Leaf(NodeKind.Name, start, length);
    }

    // B <source-name>
    private int ParseAbiTags(int name)
    {
        int lastName = _lastName;
        while (name != 0 && Check('B'))
            name = Make(NodeKind.TaggedName, name, ParseSourceName());
        _lastName = lastName;
        return name;
    }

    // DC <source-name>+ E
    private int ParseStructuredBinding()
    {
        _pos += 2;
        int first = 0, last = 0;
        do
        {
            int item = MakeAny(NodeKind.ArgumentList, ParseSourceName(), 0);
            if (_nodes[item].A == 0)
                return 0;
            if (first == 0)
                first = item;
            else
                _nodes[last].B = item;
            last = item;
        }
        while (Peek != 'E');
        _pos++;
        return Make(NodeKind.StructuredBinding, first);
    }

    // <ctor-dtor-name> ::= C [1-5] | CI [1-2] <base class type> | D [0-5]
    private int ParseConstructorOrDestructor()
    {
        bool constructor = _input[_pos++] == 'C';
        bool inheriting = constructor && Check('I');
        byte variant = Peek;
        if (variant is < (byte)'0' or > (byte)'5' || variant == '3' && !constructor || variant == '0' && constructor)
            return 0;
        _pos++;
        if (_lastName == 0)
            return 0;
        // The inherited constructor's class stands in the parameter list already.
        if (inheriting && ParseType() == 0)
            return 0;
        return Make(constructor ? NodeKind.Constructor : NodeKind.Destructor, _lastName);
    }

    // <local-name> ::= Z <encoding> E (s [<discriminator>] | [d [<number>] _] <name> [<discriminator>])
    private int ParseLocalName()
    {
        _pos++;
        int function = ParseEncoding(topLevel: false);
        if (function == 0 || !Check('E'))
            return 0;
        int name;
        if (Peek == 's' && !IsLower(PeekNext))
        {
            _pos++;
            if (!SkipDiscriminator())
                return 0;
            name = Word(ConstantText.StringLiteral);
        }
        else
        {
            int argument = -1;
            if (Check('d'))
            {
                argument = ParseCompactNumber();
                if (argument < 0)
                    return 0;
            }
            name = ParseName();
            if (name == 0 || (KindOf(name) is not (NodeKind.Lambda or NodeKind.UnnamedType) && !SkipDiscriminator()))
                return 0;
            if (argument >= 0)
                name = MakeNumbered(NodeKind.DefaultArgument, name, argument);
        }
        int outer = KindOf(function) == NodeKind.Constrained ? _nodes[function].A : function;
        if (KindOf(outer) == NodeKind.TypedName && KindOf(_nodes[outer].B) == NodeKind.FunctionType)
            _nodes[_nodes[outer].B].A = 0;
        return Make(NodeKind.LocalName, function, name);
    }

    // <discriminator> ::= _ <digit> | __ <number> _
    private bool SkipDiscriminator()
    {
        if (!Check('_'))
            return true;
        bool twice = Check('_');
        int value = ParseNumber();
        if (value < 0)
            return false;
        return !twice || value < 10 || Check('_');
    }
}
