namespace MemTools.Reports.Symbols.Demangle.Itanium;

internal sealed partial class ItaniumDemangler
{
    private void PrintLocalName(ref Node node)
    {
        if (_style == DemangleStyle.Short && KindOf(node.A) is NodeKind.TypedName or NodeKind.Constrained)
            Print(WithoutParameters(node.A));
        else
            Print(node.A);
        Put("::"u8);
        Print(PrintDefaultArgument(node.B));
    }

    private int PrintDefaultArgument(int name)
    {
        if (KindOf(name) != NodeKind.DefaultArgument)
            return name;
        PrintCounted("{default arg#"u8, _nodes[name].B);
        Put("::"u8);
        return _nodes[name].A;
    }

    /// <summary>
    /// A name and its function type: the name is handed down as a modifier, to be written where the declarator stands,
    /// and with it the qualifiers of <c>this</c>.
    /// </summary>
    private void PrintTypedName(ref Node node)
    {
        (int heldModifier, int heldTop, int heldScope) = (_modifier, _modifierTop, _scope);
        if (_style == DemangleStyle.Short)
        {
            _modifier = 0;
            Print(WithoutParameters(node.A));
            _modifier = heldModifier;
            return;
        }
        _modifier = 0;
        int name = node.A;
        while (true)
        {
            _modifier = PushModifier(name, _modifier);
            if (!IsFunctionQualifier(KindOf(name)))
                break;
            name = _nodes[name].A;
        }
        if (KindOf(name) == NodeKind.LocalName)
        {
            // Qualifiers at the end of a local name are of this function: they change places with the name.
            name = _nodes[name].B;
            if (KindOf(name) == NodeKind.DefaultArgument)
                name = _nodes[name].A;
            while (IsFunctionQualifier(KindOf(name)))
            {
                int local = _modifiers[_modifier].Node;
                _modifiers[_modifier].Node = name;
                _modifier = PushModifier(local, _modifier);
                name = _nodes[name].A;
            }
        }
        if (KindOf(name) == NodeKind.Template)
            PushScope(name);
        Print(node.B);
        _scope = heldScope;
        while (_modifierTop > heldTop && !_failed)
        {
            ref Modifier modifier = ref _modifiers[--_modifierTop];
            if (!modifier.Printed)
            {
                int pending = modifier.Node;
                Put(' ');
                PrintModifier(pending);
            }
        }
        _modifierTop = heldTop;
        _modifier = heldModifier;
    }

    private void PrintConstrained(ref Node node)
    {
        Print(node.A);
        int name = KindOf(node.A) == NodeKind.TypedName ? _nodes[node.A].A : node.A;
        while (IsFunctionQualifier(KindOf(name)))
            name = _nodes[name].A;
        int heldScope = _scope;
        if (KindOf(name) == NodeKind.Template)
            PushScope(name);
        Put(" requires "u8);
        Print(node.B);
        _scope = heldScope;
    }

    private void PrintTemplate(int index, ref Node node)
    {
        // Modifiers are of what is around the template; a conversion operator inside asks for its arguments.
        (int heldModifier, int heldTemplate) = (_modifier, _currentTemplate);
        _currentTemplate = index;
        _modifier = 0;
        Print(node.A);
        PrintTemplateArguments(node.B);
        _modifier = heldModifier;
        _currentTemplate = heldTemplate;
    }

    private void PrintTemplateArguments(int arguments)
    {
        if (_last == '<')
            Put(' ');
        if (_style == DemangleStyle.Short)
        {
            Put("<...>"u8);
            return;
        }
        Put('<');
        Print(arguments);
        if (_last == '>')
            Put(' ');
        Put('>');
    }

    /// <summary>
    /// The target type sees the arguments of the template around it; its own arguments do not, unless that template is
    /// the conversion's own: <c>A::operator B&lt;T&gt;&lt;int&gt;</c>.
    /// </summary>
    private void PrintConversion(int conversion)
    {
        int type = _nodes[conversion].A;
        int heldScope = _scope;
        if (_currentTemplate != 0)
            PushScope(_currentTemplate);
        if (KindOf(type) != NodeKind.Template || IsNameOfTemplate(conversion))
        {
            Print(type);
            _scope = heldScope;
            return;
        }
        Print(_nodes[type].A);
        _scope = heldScope;
        PrintTemplateArguments(_nodes[type].B);
    }

    private bool IsNameOfTemplate(int conversion)
    {
        int name = _nodes[_currentTemplate].A;
        while (KindOf(name) is NodeKind.QualifiedName or NodeKind.LocalName)
            name = _nodes[name].B;
        return name == conversion;
    }

    private void PrintTemplateParameter(int index)
    {
        int number = _nodes[index].A;
        if (_lambdaDepth > 0)
        {
            PrintLambdaParameter(number);
            return;
        }
        int argument = TemplateArgument(index);
        if (argument == 0)
        {
            Fail();
            return;
        }
        // An argument may name parameters of the template around this one.
        int held = _scope;
        _scope = _scopes[held].Next;
        Print(argument);
        _scope = held;
    }

    /// <summary>What a template parameter stands for, in the pack expansion of the moment; 0 when there is nothing.</summary>
    private int TemplateArgument(int parameter)
    {
        int argument = Argument(parameter);
        if (KindOf(argument) == NodeKind.TemplateArgumentList)
            return _packIndex < 0 ? argument : ItemOf(argument, _packIndex);
        return argument;
    }

    private int Argument(int parameter) =>
        _scope == 0 ? 0 : ItemOf(_nodes[_scopes[_scope].Template].B, _nodes[parameter].A);

    private int ItemOf(int list, int position)
    {
        while (position > 0 && list != 0)
        {
            list = _nodes[list].B;
            position--;
        }
        return list == 0 || KindOf(list) != NodeKind.TemplateArgumentList ? 0 : _nodes[list].A;
    }

    private void PrintPackExpansion(ref Node node)
    {
        int pack = _lambdaDepth > 0 ? 0 : FindPack(node.A, 0);
        if (pack == 0)
        {
            // Nothing but function parameter packs: their length is unknown.
            PrintOperand(node.A);
            Put("..."u8);
            return;
        }
        int length = PackLength(pack);
        for (int i = 0; i < length && !_failed; i++)
        {
            if (i > 0)
                Put(", "u8);
            _packIndex = i;
            Print(node.A);
        }
    }

    private int PackLength(int pack)
    {
        int length = 0;
        for (; pack != 0 && KindOf(pack) == NodeKind.TemplateArgumentList && _nodes[pack].A != 0; pack = _nodes[pack].B)
            length++;
        return length;
    }

    private int FindPack(int index, int depth)
    {
        if (index == 0 || depth > DemangleLimits.MaxDepth || ++_printSteps > DemangleLimits.MaxPrintSteps)
            return 0;
        ref Node node = ref _nodes[index];
        if ((node.Flags & NodeFlags.Open) == 0)
            return 0;
        switch (node.Kind)
        {
            case NodeKind.TemplateParameter:
                int argument = Argument(index);
                return KindOf(argument) == NodeKind.TemplateArgumentList ? argument : 0;
            case NodeKind.PackExpansion:
            case NodeKind.Lambda: return 0;
            case NodeKind.DefaultArgument:
            case NodeKind.BitInt: return node.Kind == NodeKind.BitInt ? FindPack(node.A, depth + 1) : 0;
            default:
                int pack = FindPack(node.A, depth + 1);
                return pack != 0 ? pack : FindPack(node.B, depth + 1);
        }
    }

    private void PrintLambda(ref Node node)
    {
        Put("{lambda"u8);
        // Its parameters have declarators of their own.
        (int heldHead, int heldScope, int heldModifier) = (_lambdaHead, _scope, _modifier);
        _modifier = 0;
        _lambdaDepth++;
        if (node.X != 0)
        {
            _lambdaHead = node.X;
            Put('<');
            PrintTemplateHead(node.X);
            Put('>');
        }
        Put('(');
        Print(node.A);
        _lambdaDepth--;
        (_lambdaHead, _scope, _modifier) = (heldHead, heldScope, heldModifier);
        Put(")#"u8);
        PutNumber(node.B + 1);
        Put('}');
    }

    /// <summary>
    /// Arguments of enclosing templates are unknown here and those of a generic closure have no name: they are counted.
    /// </summary>
    private void PrintLambdaParameter(int number)
    {
        int item = _lambdaHead;
        for (int i = number; i > 0 && item != 0; i--)
            item = _nodes[item].B;
        if (item != 0)
        {
            PrintDeclaredName(_nodes[item].A, number);
            return;
        }
        Put("auto:"u8);
        PutNumber(number + 1);
    }

    private void PrintTemplateHead(int list)
    {
        for (int number = 0; list != 0 && !_failed; list = _nodes[list].B, number++)
        {
            if (number > 0)
                Put(", "u8);
            PrintDeclaration(_nodes[list].A);
            Put(' ');
            PrintDeclaredName(_nodes[list].A, number);
        }
    }

    private void PrintDeclaration(int declaration)
    {
        ref Node node = ref _nodes[declaration];
        switch (node.Kind)
        {
            case NodeKind.TypeParameter: Put("typename"u8); break;
            case NodeKind.NonTypeParameter: Print(node.A); break;
            case NodeKind.TemplateTemplateParameter:
                Put("template<"u8);
                for (int item = node.A; item != 0; item = _nodes[item].B)
                {
                    if (item != node.A)
                        Put(", "u8);
                    PrintDeclaration(_nodes[item].A);
                }
                Put("> class"u8);
                break;
            default:
                PrintDeclaration(node.A);
                Put("..."u8);
                break;
        }
    }

    private void PrintDeclaredName(int declaration, int number)
    {
        while (KindOf(declaration) == NodeKind.ParameterPack)
            declaration = _nodes[declaration].A;
        Put(KindOf(declaration) switch
        {
            NodeKind.TypeParameter => "$T"u8,
            NodeKind.NonTypeParameter => "$N"u8,
            _ => "$TT"u8,
        });
        PutNumber(number);
    }
}
