namespace MemTools.Reports.Symbols.Demangle.Itanium;

// C's declarators read from the inside out: what stands around a type is kept as a list of modifiers, the innermost
// first, until a function, an array or the type itself shows where it has to be written.
internal sealed partial class ItaniumDemangler
{
    private void PrintModified(int index, int inner)
    {
        int held = _modifier;
        int pushed = PushModifier(index, held);
        _modifier = pushed;
        Print(inner);
        if (!_modifiers[pushed].Printed && !_failed)
            PrintModifier(index);
        _modifier = held;
        _modifierTop = pushed;
    }

    private void PrintTypeQualifier(int index, ref Node node)
    {
        // An array hands its qualifiers on to its elements: one of a kind is enough.
        for (int m = _modifier; m != 0; m = _modifiers[m].Next)
        {
            if (_modifiers[m].Printed)
                continue;
            NodeKind kind = KindOf(_modifiers[m].Node);
            if (kind is not (NodeKind.Restrict or NodeKind.Volatile or NodeKind.Const))
                break;
            if (kind == node.Kind)
            {
                Print(node.A);
                return;
            }
        }
        PrintModified(index, node.A);
    }

    /// <summary>References collapse: <c>T&amp;&amp;</c> with T = <c>int&amp;</c> is <c>int&amp;</c>.</summary>
    private void PrintReference(int index, ref Node node)
    {
        int inner = node.A, modifier = index, heldScope = _scope;
        if (_lambdaDepth == 0 && KindOf(inner) == NodeKind.TemplateParameter)
        {
            // Met again through a substitution, the parameter means what it meant where it stood first.
            ref Node parameter = ref _nodes[inner];
            if (parameter.Y == 0)
                parameter.Y = _scope + 1;
            else if (parameter.Printing == 0 && node.Printing <= 1)
                _scope = parameter.Y - 1;
            inner = TemplateArgument(inner);
            if (inner == 0)
            {
                Fail();
                return;
            }
        }
        int target = 0;
        NodeKind kind = KindOf(inner);
        if (kind == NodeKind.Reference || kind == node.Kind)
            modifier = inner;
        else if (kind == NodeKind.RvalueReference)
            target = _nodes[inner].A;
        PrintModified(modifier, target != 0 ? target : _nodes[modifier].A);
        _scope = heldScope;
    }

    private void PrintFunctionTypeNode(int index, ref Node node)
    {
        if (node.A != 0)
        {
            // The return type may be a declarator itself, around this function: "int (*f(char))[3]".
            int held = _modifier;
            int pushed = PushModifier(index, held);
            _modifier = pushed;
            Print(node.A);
            _modifier = held;
            bool printed = _modifiers[pushed].Printed;
            _modifierTop = pushed;
            if (printed || _failed)
                return;
            Put(' ');
        }
        PrintFunctionType(index, _modifier);
    }

    private void PrintFunctionType(int index, int modifiers)
    {
        bool parenthesis = false, space = false, explicitObject = false;
        for (int m = modifiers; m != 0 && !_modifiers[m].Printed && !parenthesis; m = _modifiers[m].Next)
        {
            switch (KindOf(_modifiers[m].Node))
            {
                case NodeKind.Pointer:
                case NodeKind.Reference:
                case NodeKind.RvalueReference:
                    parenthesis = true;
                    break;
                case NodeKind.Restrict:
                case NodeKind.Volatile:
                case NodeKind.Const:
                case NodeKind.VendorQualifier:
                case NodeKind.Complex:
                case NodeKind.Imaginary:
                case NodeKind.PointerToMember:
                    parenthesis = space = true;
                    break;
                case NodeKind.ExplicitObject:
                    explicitObject = true;
                    break;
                default: break;
            }
        }
        if (parenthesis)
        {
            space |= _last is not ((byte)'(' or (byte)'*');
            if (space && _last != ' ')
                Put(' ');
            Put('(');
        }
        int held = _modifier;
        _modifier = 0;
        PrintModifiers(modifiers, suffix: false);
        if (parenthesis)
            Put(')');
        Put('(');
        if (explicitObject)
            Put("this "u8);
        if (_nodes[index].B != 0)
            Print(_nodes[index].B);
        Put(')');
        PrintModifiers(modifiers, suffix: true);
        _modifier = held;
    }

    private void PrintArrayTypeNode(int index, ref Node node)
    {
        // The array is a modifier of its elements, and its qualifiers are the elements'.
        int held = _modifier, top = _modifierTop;
        int pushed = PushModifier(index, held);
        _modifier = pushed;
        for (int m = held; m != 0; m = _modifiers[m].Next)
        {
            if (KindOf(_modifiers[m].Node) is not (NodeKind.Restrict or NodeKind.Volatile or NodeKind.Const))
                break;
            if (_modifiers[m].Printed)
                continue;
            int copy = PushModifier(_modifiers[m].Node, _modifier);
            _modifiers[copy].Templates = _modifiers[m].Templates;
            _modifiers[m].Printed = true;
            _modifier = copy;
        }
        Print(node.B);
        _modifier = held;
        bool printed = _modifiers[pushed].Printed;
        if (!printed && !_failed)
        {
            while (_modifierTop > pushed + 1)
                PrintModifier(_modifiers[--_modifierTop].Node);
            PrintArrayType(index, _modifier);
        }
        _modifierTop = top;
    }

    private void PrintArrayType(int index, int modifiers)
    {
        bool space = true;
        if (modifiers != 0)
        {
            bool parenthesis = false;
            for (int m = modifiers; m != 0; m = _modifiers[m].Next)
            {
                if (_modifiers[m].Printed)
                    continue;
                if (KindOf(_modifiers[m].Node) == NodeKind.ArrayType)
                    space = false;
                else
                    parenthesis = true;
                break;
            }
            if (parenthesis)
                Put(" ("u8);
            PrintModifiers(modifiers, suffix: false);
            if (parenthesis)
                Put(')');
        }
        if (space)
            Put(' ');
        Put('[');
        if (_nodes[index].A != 0)
            Print(_nodes[index].A);
        Put(']');
    }

    /// <summary>All modifiers not yet written; those of <c>this</c> only as <paramref name="suffix"/>es.</summary>
    private void PrintModifiers(int m, bool suffix)
    {
        for (; m != 0 && !_failed; m = _modifiers[m].Next)
        {
            int node = _modifiers[m].Node;
            NodeKind kind = KindOf(node);
            if (_modifiers[m].Printed || (!suffix && IsFunctionQualifier(kind)))
                continue;
            _modifiers[m].Printed = true;
            int held = _scope;
            _scope = _modifiers[m].Templates;
            switch (kind)
            {
                case NodeKind.FunctionType:
                    PrintFunctionType(node, _modifiers[m].Next);
                    _scope = held;
                    return;
                case NodeKind.ArrayType:
                    PrintArrayType(node, _modifiers[m].Next);
                    _scope = held;
                    return;
                case NodeKind.LocalName:
                    PrintLocalModifier(node);
                    _scope = held;
                    return;
                default:
                    PrintModifier(node);
                    _scope = held;
                    break;
            }
        }
    }

    /// <summary>The qualifiers at the end of a local name have become modifiers already.</summary>
    private void PrintLocalModifier(int node)
    {
        int held = _modifier;
        _modifier = 0;
        Print(_nodes[node].A);
        _modifier = held;
        Put("::"u8);
        int name = PrintDefaultArgument(_nodes[node].B);
        while (IsFunctionQualifier(KindOf(name)))
            name = _nodes[name].A;
        Print(name);
    }

    private void PrintModifier(int index)
    {
        ref Node node = ref _nodes[index];
        switch (node.Kind)
        {
            case NodeKind.Restrict:
            case NodeKind.RestrictThis: Put(" restrict"u8); break;
            case NodeKind.Volatile:
            case NodeKind.VolatileThis: Put(" volatile"u8); break;
            case NodeKind.Const:
            case NodeKind.ConstThis: Put(" const"u8); break;
            case NodeKind.TransactionSafe: Put(" transaction_safe"u8); break;
            case NodeKind.Noexcept: PrintWithParentheses(" noexcept"u8, node.B); break;
            case NodeKind.ThrowSpecification: PrintWithParentheses(" throw"u8, node.B); break;
            case NodeKind.ExplicitObject: break;
            case NodeKind.VendorQualifier:
                Put(' ');
                Print(node.B);
                break;
            case NodeKind.Pointer: Put('*'); break;
            case NodeKind.ReferenceThis: Put(" &"u8); break;
            case NodeKind.Reference: Put('&'); break;
            case NodeKind.RvalueReferenceThis: Put(" &&"u8); break;
            case NodeKind.RvalueReference: Put("&&"u8); break;
            case NodeKind.Complex: Put(" _Complex"u8); break;
            case NodeKind.Imaginary: Put(" _Imaginary"u8); break;
            case NodeKind.PointerToMember:
                if (_last != '(')
                    Put(' ');
                Print(node.A);
                Put("::*"u8);
                break;
            case NodeKind.TypedName: Print(node.A); break;
            case NodeKind.VectorType:
                Put(" __vector("u8);
                Print(node.A);
                Put(')');
                break;
            default: Print(index); break;
        }
    }

    private void PrintWithParentheses(ReadOnlySpan<byte> word, int inner)
    {
        Put(word);
        if (inner == 0)
            return;
        Put('(');
        Print(inner);
        Put(')');
    }
}
