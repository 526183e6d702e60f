namespace MemTools.Reports.Symbols.Demangle.Itanium;

internal sealed partial class ItaniumDemangler
{
    // <closure-type-name> ::= Ul <template-param-decl>* [Q <expression>] <lambda-sig> [Q <expression>] E [<number>] _
    private int ParseLambda()
    {
        if (!Enter())
            return 0;
        _pos += 2;
        int head = 0;
        if (Peek == 'T' && IsDeclarationLetter(PeekNext) && (head = ParseTemplateHead()) == 0)
            return Leave(0);
        if (Check('Q') && ParseExpression() == 0)
            return Leave(0);
        int parameters = ParseParameters();
        if (parameters != 0 && Check('Q') && ParseExpression() == 0)
            return Leave(0);
        if (parameters == 0 || !Check('E'))
            return Leave(0);
        int number = ParseCompactNumber();
        if (number < 0)
            return Leave(0);
        int lambda = MakeNumbered(NodeKind.Lambda, parameters, number);
        _nodes[lambda].X = head;
        return Leave(lambda);
    }

    // <unnamed-type-name> ::= Ut [<number>] _
    private int ParseUnnamedType()
    {
        _pos += 2;
        int number = ParseCompactNumber();
        return number < 0 ? 0 : Leaf(NodeKind.UnnamedType, number);
    }

    // Clang: Ub [<number>] _
    private int ParseBlockLiteral()
    {
        _pos += 2;
        return ParseCompactNumber() < 0 ? 0 : Word(ConstantText.BlockLiteral);
    }

    private static bool IsDeclarationLetter(byte c) => c is (byte)'y' or (byte)'n' or (byte)'t' or (byte)'p' or (byte)'k';

    // <template-param-decl>+
    private int ParseTemplateHead()
    {
        int first = 0, last = 0;
        while (Peek == 'T' && IsDeclarationLetter(PeekNext))
        {
            int declaration = ParseTemplateDeclaration();
            if (declaration == 0)
                return 0;
            int item = MakeAny(NodeKind.ArgumentList, declaration, 0);
            if (first == 0)
                first = item;
            else
                _nodes[last].B = item;
            last = item;
        }
        return first;
    }

    // <template-param-decl> ::= Ty | Tk <concept name> | Tn <type> | Tt <template-param-decl>* [Q <expression>] E | Tp <template-param-decl>
    private int ParseTemplateDeclaration()
    {
        if (!Enter())
            return 0;
        byte letter = PeekNext;
        _pos += 2;
        switch (letter)
        {
            case (byte)'y': return Leave(MakeAny(NodeKind.TypeParameter, 0, 0));
            case (byte)'k':
                int concept = ParseName();
                return Leave(concept == 0 ? 0 : MakeAny(NodeKind.TypeParameter, 0, 0));
            case (byte)'n': return Leave(Make(NodeKind.NonTypeParameter, ParseType()));
            case (byte)'p':
                if (Peek != 'T')
                    return Leave(0);
                return Leave(Make(NodeKind.ParameterPack, ParseTemplateDeclaration()));
            case (byte)'t':
                int head = 0;
                if (Peek == 'T' && (head = ParseTemplateHead()) == 0)
                    return Leave(0);
                if (Check('Q') && ParseExpression() == 0)
                    return Leave(0);
                return Leave(Check('E') ? MakeAny(NodeKind.TemplateTemplateParameter, head, 0) : 0);
            default: return Leave(0);
        }
    }

    // <module-name> ::= (W [P] <source-name>)+, each a substitution candidate
    private bool ParseModules(ref int module)
    {
        while (Peek == 'W')
        {
            _pos++;
            NodeKind kind = Check('P') ? NodeKind.ModulePartition : NodeKind.ModuleName;
            int lastName = _lastName;
            int name = ParseSourceName();
            _lastName = lastName;
            if (name == 0)
                return false;
            module = MakeAny(kind, module, name);
            _nodes[module].Flags |= NodeFlags.Plain;
            AddSubstitution(module);
        }
        return true;
    }

    // <substitution> ::= S [<seq-id>] _ | St | Sa | Sb | Ss | Si | So | Sd
    private int ParseSubstitution(bool prefix)
    {
        _pos++;
        byte c = Peek;
        if (c == '_' || IsDigit(c) || IsUpper(c))
        {
            int id = 0;
            if (c != '_')
            {
                while (IsDigit(Peek) || IsUpper(Peek))
                {
                    id = (id * 36) + SequenceDigit(_input[_pos++]);
                    if (id > DemangleLimits.MaxMangledBytes)
                        return 0;
                }
                id++;
            }
            return Check('_') && id < _substitutionCount ? _substitutions[id] : 0;
        }
        (int text, int lastName) = c switch
        {
            (byte)'t' => (ConstantText.Std, -1),
            (byte)'a' => (ConstantText.StdAllocator, ConstantText.Allocator),
            (byte)'b' => (ConstantText.StdBasicString, ConstantText.BasicString),
            (byte)'s' => (ConstantText.StdString, ConstantText.BasicString),
            (byte)'i' => (ConstantText.StdIstream, ConstantText.BasicIstream),
            (byte)'o' => (ConstantText.StdOstream, ConstantText.BasicOstream),
            (byte)'d' => (ConstantText.StdIostream, ConstantText.BasicIostream),
            _ => (-1, -1),
        };
        if (text < 0 || (c == 't' && !prefix))
            return 0;
        _pos++;
        if (lastName >= 0)
            _lastName = Word(lastName);
        int name = Leaf(NodeKind.StandardName, text);
        if (Peek == 'B')
        {
            name = ParseAbiTags(name);
            AddSubstitution(name);
        }
        return name;
    }
}
