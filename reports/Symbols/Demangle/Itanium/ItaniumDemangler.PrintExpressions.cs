namespace MemTools.Reports.Symbols.Demangle.Itanium;

internal sealed partial class ItaniumDemangler
{
    private void PrintExpressionKind(ref Node node)
    {
        switch (node.Kind)
        {
            case NodeKind.Cast: Print(node.A); break;
            case NodeKind.Nullary: PrintOperatorText(node.A); break;
            case NodeKind.Unary: PrintUnary(ref node); break;
            case NodeKind.Binary: PrintBinary(ref node); break;
            case NodeKind.Trinary: PrintTrinary(ref node); break;
            case NodeKind.Literal:
            case NodeKind.NegativeLiteral: PrintLiteral(ref node); break;
            case NodeKind.InitializerList:
                if (node.A != 0)
                    Print(node.A);
                Put('{');
                Print(node.B);
                Put('}');
                break;
            case NodeKind.VendorExpression:
                Print(node.A);
                Put('(');
                Print(node.B);
                Put(')');
                break;
            case NodeKind.Requires: PrintRequires(ref node); break;
            case NodeKind.Subobject:
                PrintOperand(node.B);
                Put(".<"u8);
                Print(node.A);
                Put(" at offset "u8);
                if (node.X != 0)
                    PrintOffset(node.X);
                else
                    Put('0');
                Put('>');
                break;
            default: Fail(); break;
        }
    }

    private void PrintOffset(int name)
    {
        ReadOnlySpan<byte> digits = _input.AsSpan(_nodes[name].A, _nodes[name].B);
        if (digits[0] == 'n')
        {
            Put('-');
            digits = digits[1..];
        }
        Put(digits);
    }

    private void PrintOperatorText(int op)
    {
        if (KindOf(op) == NodeKind.Operator)
            Put(OperatorTable.All[_nodes[op].A].Name);
        else
            Print(op);
    }

    /// <summary>An operand in parentheses, unless it is a name.</summary>
    private void PrintOperand(int index)
    {
        bool simple = KindOf(index) is NodeKind.Name or NodeKind.QualifiedName or NodeKind.InitializerList
            or NodeKind.FunctionParameter;
        if (!simple)
            Put('(');
        Print(index);
        if (!simple)
            Put(')');
    }

    private ushort CodeOf(int op) => KindOf(op) == NodeKind.Operator ? OperatorTable.All[_nodes[op].A].Code : (ushort)0;

    private void PrintUnary(ref Node node)
    {
        int operand = node.B;
        ushort code = CodeOf(node.A);
        if (code == Code('a', 'd') && KindOf(operand) == NodeKind.TypedName
            && KindOf(_nodes[operand].A) == NodeKind.QualifiedName && KindOf(_nodes[operand].B) == NodeKind.FunctionType)
            operand = _nodes[operand].A;
        if (code != 0 && KindOf(operand) == NodeKind.BinaryArguments)
        {
            PrintOperand(_nodes[operand].A);
            PrintOperatorText(node.A);
            return;
        }
        if (code == Code('s', 'Z'))
        {
            // The length of a function's parameter pack is not in its name.
            if (KindOf(operand) == NodeKind.FunctionParameter)
                PrintWithParentheses("sizeof..."u8, operand);
            else
                PutNumber(PackLength(FindPack(operand, 0)));
            return;
        }
        if (code == Code('s', 'P'))
        {
            PutNumber(ArgumentsLength(operand));
            return;
        }
        if (KindOf(node.A) == NodeKind.Cast)
        {
            Put('(');
            Print(_nodes[node.A].A);
            Put(')');
        }
        else
        {
            PrintOperatorText(node.A);
        }
        if (code == Code('g', 's'))
        {
            Print(operand);
        }
        else if (code == Code('s', 't') || code == Code('n', 'x') || code == Code('a', 't') || code == Code('t', 'i')
            || code == Code('t', 'e'))
        {
            Put('(');
            Print(operand);
            Put(')');
        }
        else
        {
            PrintOperand(operand);
        }
    }

    /// <summary>Length of a list of template arguments with its packs expanded.</summary>
    private int ArgumentsLength(int list)
    {
        int count = 0;
        for (; list != 0 && KindOf(list) == NodeKind.TemplateArgumentList; list = _nodes[list].B)
        {
            int item = _nodes[list].A;
            if (item == 0)
                break;
            if (KindOf(item) == NodeKind.PackExpansion)
                count += PackLength(FindPack(_nodes[item].A, 0));
            else
                count++;
        }
        return count;
    }

    private void PrintBinary(ref Node node)
    {
        if (KindOf(node.B) != NodeKind.BinaryArguments)
        {
            Fail();
            return;
        }
        int op = node.A, left = _nodes[node.B].A, right = _nodes[node.B].B;
        ushort code = CodeOf(op);
        if (IsNamedCast(code))
        {
            PrintOperatorText(op);
            Put('<');
            Print(left);
            Put(">("u8);
            Print(right);
            Put(')');
            return;
        }
        if (TryPrintFold(code, left, right, 0) || TryPrintDesignator(code, left, right, 0))
            return;
        // A bare ">" would end the template arguments around it.
        bool greater = code == Code('g', 't');
        if (greater)
            Put('(');
        bool call = code == Code('c', 'l') || code == Code('c', 'p');
        if (call && KindOf(left) == NodeKind.TypedName)
        {
            if (KindOf(_nodes[left].B) != NodeKind.FunctionType)
                Fail();
            PrintOperand(_nodes[left].A);
        }
        else
        {
            PrintOperand(left);
        }
        if (code == Code('i', 'x'))
        {
            Put('[');
            Print(right);
            Put(']');
        }
        else
        {
            if (!call)
                PrintOperatorText(op);
            PrintOperand(right);
        }
        if (greater)
            Put(')');
    }

    private void PrintTrinary(ref Node node)
    {
        if (KindOf(node.B) != NodeKind.TrinaryArgument1 || KindOf(_nodes[node.B].B) != NodeKind.TrinaryArgument2)
        {
            Fail();
            return;
        }
        int op = node.A, first = _nodes[node.B].A, second = _nodes[_nodes[node.B].B].A, third = _nodes[_nodes[node.B].B].B;
        ushort code = CodeOf(op);
        if (TryPrintFold(code, first, second, third) || TryPrintDesignator(code, first, second, third))
            return;
        if (code == Code('q', 'u'))
        {
            PrintOperand(first);
            PrintOperatorText(op);
            PrintOperand(second);
            Put(" : "u8);
            PrintOperand(third);
            return;
        }
        Put("new "u8);
        if (_nodes[first].A != 0)
        {
            PrintOperand(first);
            Put(' ');
        }
        Print(second);
        if (third != 0)
            PrintOperand(third);
    }

    // (... + X), (X + ...), (I + ... + X), (X + ... + I); left is the operator
    private bool TryPrintFold(ushort code, int op, int first, int second)
    {
        if (code >> 8 != 'f')
            return false;
        // The whole pack is meant, not the item of an expansion around.
        int held = _packIndex;
        _packIndex = -1;
        switch ((char)(code & 0xFF))
        {
            case 'l':
                Put("(..."u8);
                PrintOperatorText(op);
                PrintOperand(first);
                Put(')');
                break;
            case 'r':
                Put('(');
                PrintOperand(first);
                PrintOperatorText(op);
                Put("...)"u8);
                break;
            default:
                Put('(');
                PrintOperand(first);
                PrintOperatorText(op);
                Put("..."u8);
                PrintOperatorText(op);
                PrintOperand(second);
                Put(')');
                break;
        }
        _packIndex = held;
        return true;
    }

    // .name=value, [index]=value, [from ... to]=value
    private bool TryPrintDesignator(ushort code, int first, int second, int third)
    {
        bool field = code == Code('d', 'i'), range = code == Code('d', 'X');
        if (!field && !range && code != Code('d', 'x'))
            return false;
        Put(field ? '.' : '[');
        Print(first);
        int value = second;
        if (range)
        {
            Put(" ... "u8);
            Print(second);
            value = third;
        }
        if (!field)
            Put(']');
        if (IsDesignator(value))
        {
            Print(value);
        }
        else
        {
            Put('=');
            PrintOperand(value);
        }
        return true;
    }

    private bool IsDesignator(int index)
    {
        if (KindOf(index) is not (NodeKind.Binary or NodeKind.Trinary))
            return false;
        ushort code = CodeOf(_nodes[index].A);
        return code == Code('d', 'i') || code == Code('d', 'x') || code == Code('d', 'X');
    }

    private void PrintLiteral(ref Node node)
    {
        bool negative = node.Kind == NodeKind.NegativeLiteral;
        ReadOnlySpan<byte> value = _input.AsSpan(_nodes[node.B].A, _nodes[node.B].B);
        LiteralForm form = KindOf(node.A) == NodeKind.Builtin ? BuiltinType.All[_nodes[node.A].A]!.Form : LiteralForm.Cast;
        if (form == LiteralForm.Bool && !negative && value.Length == 1 && value[0] is (byte)'0' or (byte)'1')
        {
            Put(value[0] == '1' ? "true"u8 : "false"u8);
            return;
        }
        if (form is >= LiteralForm.Int and <= LiteralForm.UnsignedLongLong)
        {
            if (negative)
                Put('-');
            Put(value);
            Put(form switch
            {
                LiteralForm.Unsigned => "u"u8,
                LiteralForm.Long => "l"u8,
                LiteralForm.UnsignedLong => "ul"u8,
                LiteralForm.LongLong => "ll"u8,
                LiteralForm.UnsignedLongLong => "ull"u8,
                _ => default,
            });
            return;
        }
        Put('(');
        Print(node.A);
        Put(')');
        if (negative)
            Put('-');
        if (form == LiteralForm.Float)
            Put('[');
        Put(value);
        if (form == LiteralForm.Float)
            Put(']');
    }

    private void PrintRequires(ref Node node)
    {
        Put("requires"u8);
        if (node.A != 0)
        {
            Put(" ("u8);
            Print(node.A);
            Put(')');
        }
        Put(" {"u8);
        for (int list = node.B; list != 0 && !_failed; list = _nodes[list].B)
        {
            ref Node requirement = ref _nodes[_nodes[list].A];
            Put(' ');
            switch (requirement.Kind)
            {
                case NodeKind.TypeRequirement:
                    Put("typename "u8);
                    Print(requirement.A);
                    break;
                case NodeKind.NestedRequirement:
                    Put("requires "u8);
                    Print(requirement.A);
                    break;
                default:
                    bool compound = requirement.B != 0 || requirement.X != 0;
                    if (compound)
                        Put('{');
                    Print(requirement.A);
                    if (compound)
                        Put('}');
                    if (requirement.X != 0)
                        Put(" noexcept"u8);
                    if (requirement.B != 0)
                    {
                        Put(" -> "u8);
                        Print(requirement.B);
                    }
                    break;
            }
            Put(';');
        }
        Put(" }"u8);
    }
}
