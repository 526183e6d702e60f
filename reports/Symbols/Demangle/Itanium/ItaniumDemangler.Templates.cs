namespace MemTools.Reports.Symbols.Demangle.Itanium;

internal sealed partial class ItaniumDemangler
{
    // <template-param> ::= T_ | T <number> _ | TL <level> __ | TL <level> _ <number> _
    private int ParseTemplateParameter()
    {
        _pos++;
        // Parameters of outer closures, by level: nothing but a closure's signature can name them.
        if (Check('L') && (ParseCompactNumber() < 0))
            return 0;
        int index = ParseCompactNumber();
        return index < 0 ? 0 : Leaf(NodeKind.TemplateParameter, index);
    }

    // <template-args> ::= I <template-arg>* [Q <expression>] E; J, an argument pack, is the same
    private int ParseTemplateArguments()
    {
        if (Peek is not ((byte)'I' or (byte)'J'))
            return 0;
        _pos++;
        return ParseTemplateArgumentsToEnd();
    }

    private int ParseTemplateArgumentsToEnd()
    {
        // Arguments must not change the name that a following constructor repeats.
        int lastName = _lastName;
        if (Check('E'))
            return MakeAny(NodeKind.TemplateArgumentList, 0, 0);
        if (!Enter())
            return 0;
        int first = 0, last = 0;
        do
        {
            if (Check('Q'))
            {
                if (ParseExpression() == 0 || Peek != 'E' || first == 0)
                    return Leave(0);
                break;
            }
            int argument = ParseTemplateArgument();
            if (argument == 0)
                return Leave(0);
            int item = MakeAny(NodeKind.TemplateArgumentList, argument, 0);
            if (first == 0)
            {
                first = item;
            }
            else
            {
                _nodes[last].B = item;
                _nodes[first].Flags |= _nodes[argument].Flags & NodeFlags.Open;
            }
            last = item;
        }
        while (Peek != 'E');
        _pos++;
        _lastName = lastName;
        return Leave(first);
    }

    // <template-arg> ::= <type> | X <expression> E | <expr-primary> | J <template-arg>* E | <template-param-decl> <template-arg>
    private int ParseTemplateArgument()
    {
        if (Peek == 'T' && IsDeclarationLetter(PeekNext) && ParseTemplateDeclaration() == 0)
            return 0;
        switch (Peek)
        {
            case (byte)'X':
                _pos++;
                int expression = ParseExpression();
                return expression != 0 && Check('E') ? expression : 0;
            case (byte)'L': return ParsePrimary();
            case (byte)'I':
            case (byte)'J': return ParseTemplateArguments();
            default: return ParseType();
        }
    }
}
