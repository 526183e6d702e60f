namespace MemTools.Reports.Symbols.Demangle.Itanium;

internal sealed partial class ItaniumDemangler
{
    // <operator-name> ::= two letters | cv <type> | v <digit> <source-name>
    private int ParseOperatorName()
    {
        byte first = Peek, second = PeekNext;
        if (first == 0 || second == 0)
            return 0;
        _pos += 2;
        if (first == 'v' && IsDigit(second))
            return Make(NodeKind.ExtendedOperator, ParseSourceName());
        if (first == 'c' && second == 'v')
        {
            bool wasConversion = _isConversion;
            _isConversion = !_isExpression;
            int type = ParseType();
            int node = Make(_isConversion ? NodeKind.Conversion : NodeKind.Cast, type);
            _isConversion = wasConversion;
            return node;
        }
        int index = OperatorTable.Find(first, second);
        return index < 0 ? 0 : Leaf(NodeKind.Operator, index);
    }

    private int ParseOperation()
    {
        int op = ParseOperatorName();
        if (op == 0)
            return 0;
        if (KindOf(op) == NodeKind.Cast)
            return Make(NodeKind.Unary, op, Check('_') ? ParseExpressions('E') : ParseExpression());
        if (KindOf(op) == NodeKind.ExtendedOperator)
            return Make(NodeKind.Unary, op, ParseExpression());
        if (KindOf(op) != NodeKind.Operator)
            return 0;
        Operator known = OperatorTable.All[_nodes[op].A];
        char first = (char)(known.Code >> 8), second = (char)(known.Code & 0xFF);
        return known.Operands switch
        {
            0 => Make(NodeKind.Nullary, op),
            1 => ParseUnary(op, known.Code, first, second),
            2 => ParseBinary(op, known.Code, first),
            _ => ParseTrinary(op, known.Code, first),
        };
    }

    private int ParseUnary(int op, ushort code, char first, char second)
    {
        // sizeof (type), alignof (type), typeid (type)
        if (code == Code('s', 't') || code == Code('a', 't') || code == Code('t', 'i'))
            return Make(NodeKind.Unary, op, ParseType());
        // pp_ and mm_ stand before their operand, pp and mm after it.
        bool suffix = first == second && first is 'p' or 'm' && !Check('_');
        int operand = code == Code('s', 'P') ? ParseTemplateArgumentsToEnd() : ParseExpression();
        if (suffix)
            operand = Make(NodeKind.BinaryArguments, operand, operand);
        return Make(NodeKind.Unary, op, operand);
    }

    private int ParseBinary(int op, ushort code, char first)
    {
        int left, right;
        if (IsNamedCast(code))
            left = ParseType();
        else if (first == 'f')
            left = ParseOperatorName();
        else if (code == Code('d', 'i'))
            left = ParseUnqualifiedName(0, 0);
        else
            left = ParseExpression();
        if (left == 0)
            return 0;
        if (code == Code('c', 'l') || code == Code('c', 'p'))
            right = ParseExpressions('E');
        else if (code == Code('d', 't') || code == Code('p', 't'))
            right = ParseMember();
        else
            right = ParseExpression();
        return Make(NodeKind.Binary, op, Make(NodeKind.BinaryArguments, left, right));
    }

    private static bool IsNamedCast(ushort code) =>
        code == Code('c', 'c') || code == Code('d', 'c') || code == Code('r', 'c') || code == Code('s', 'c');

    private int ParseMember()
    {
        if ((Peek == 'g' && PeekNext == 's') || (Peek == 's' && PeekNext == 'r'))
            return ParseExpression();
        if (Peek == 'd' && PeekNext == 'n')
            return ParseDestructorName();
        return ParseNameWithArguments();
    }

    private int ParseTrinary(int op, ushort code, char first)
    {
        int a, b, c = 0;
        if (code == Code('q', 'u') || code == Code('d', 'X'))
        {
            a = ParseExpression();
            b = a == 0 ? 0 : ParseExpression();
            c = b == 0 ? 0 : ParseExpression();
            if (c == 0)
                return 0;
        }
        else if (first == 'f')
        {
            a = ParseOperatorName();
            b = a == 0 ? 0 : ParseExpression();
            c = b == 0 ? 0 : ParseExpression();
            if (c == 0)
                return 0;
        }
        else
        {
            // [gs] (nw | na) <placement expression>* _ <type> (E | pi <expression>* E | <braced initialiser>)
            a = ParseExpressions('_');
            b = a == 0 ? 0 : ParseType();
            if (b == 0)
                return 0;
            if (!Check('E'))
            {
                if (Check('p', 'i'))
                    c = ParseExpressions('E');
                else if (Peek == 'i' && PeekNext == 'l')
                    c = ParseExpression();
                if (c == 0)
                    return 0;
            }
        }
        int second = MakeAny(NodeKind.TrinaryArgument2, b, c);
        return Make(NodeKind.Trinary, op, Make(NodeKind.TrinaryArgument1, a, second));
    }

    // rq <requirement>+ E | rQ <bare-function-type> _ <requirement>+ E
    private int ParseRequires()
    {
        bool withParameters = PeekNext == 'Q';
        _pos += 2;
        int parameters = 0, first = 0, last = 0;
        if (withParameters)
        {
            while (!Check('_'))
            {
                int type = ParseType();
                if (type == 0)
                    return 0;
                Append(NodeKind.ArgumentList, type, ref parameters, ref last);
            }
        }
        last = 0;
        do
        {
            int requirement = ParseRequirement();
            if (requirement == 0)
                return 0;
            Append(NodeKind.RequirementList, requirement, ref first, ref last);
        }
        while (!Check('E'));
        return MakeAny(NodeKind.Requires, parameters, first);
    }

    private void Append(NodeKind kind, int item, ref int first, ref int last)
    {
        int link = MakeAny(kind, item, 0);
        if (first == 0)
        {
            first = link;
        }
        else
        {
            _nodes[last].B = link;
            _nodes[first].Flags |= _nodes[item].Flags & NodeFlags.Open;
        }
        last = link;
    }

    // <requirement> ::= X <expression> [N] [R <concept>] | T <type> | Q <expression>
    private int ParseRequirement()
    {
        switch (_input[_pos])
        {
            case (byte)'X':
                _pos++;
                int expression = ParseExpression();
                int simple = Make(NodeKind.ExpressionRequirement, expression);
                bool isNoexcept = Check('N');
                int concept = 0;
                if (Check('R') && (concept = ParseName()) == 0)
                    return 0;
                if (simple != 0)
                    (_nodes[simple].B, _nodes[simple].X) = (concept, isNoexcept ? 1 : 0);
                return simple;
            case (byte)'T':
                _pos++;
                return Make(NodeKind.TypeRequirement, ParseType());
            case (byte)'Q':
                _pos++;
                return Make(NodeKind.NestedRequirement, ParseExpression());
            default: return 0;
        }
    }
}
