using System.Runtime.CompilerServices;

namespace MemTools.Reports.Symbols.Demangle.Itanium;

internal sealed partial class ItaniumDemangler
{
    /// <summary>Text shorter than this is written anew rather than copied.</summary>
    private const int MinCachedLength = 8;

    /// <summary>
    /// How often a node may be inside of itself. A parameter's substitution is, legitimately, when a template's argument
    /// is local to an instance of the same function; a cycle would be without end.
    /// </summary>
    private const int MaxNesting = 16;

    private void Print(int index)
    {
        if (_failed)
            return;
        ref Node node = ref _nodes[index];
        if (index == 0 || node.Printing > MaxNesting || _printDepth >= DemangleLimits.MaxDepth
            || ++_printSteps > DemangleLimits.MaxPrintSteps)
        {
            Fail();
            return;
        }
        if (node.Kind == NodeKind.Name)
        {
            Put(_input.AsSpan(node.A, node.B));
            return;
        }
        bool cacheable = (node.Flags & NodeFlags.Plain) != 0
            && node.Kind is NodeKind.Template or NodeKind.QualifiedName or NodeKind.LocalName;
        if (cacheable && node.Y != 0)
        {
            PutAgain(node.X, node.Y);
            return;
        }
        if ((++_printDepth & 31) == 0 && !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            Fail();
            return;
        }
        int start = _length;
        node.Printing++;
        PrintKind(index, ref node);
        node.Printing--;
        _printDepth--;
        if (cacheable && _length - start >= MinCachedLength)
            (node.X, node.Y) = (start, _length - start);
    }

    private void PrintKind(int index, ref Node node)
    {
        switch (node.Kind)
        {
            case NodeKind.Text:
            case NodeKind.StandardName: PutConstant(node.A); break;
            case NodeKind.Builtin: Put(BuiltinType.All[node.A]!.Name); break;
            case NodeKind.Operator: PrintOperatorName(node.A); break;
            case NodeKind.Number: PutNumber(node.A); break;
            case NodeKind.FunctionParameter: PrintFunctionParameter(node.A); break;
            case NodeKind.UnnamedType: PrintCounted("{unnamed type#"u8, node.A); break;
            case NodeKind.TemplateParameter: PrintTemplateParameter(index); break;
            case NodeKind.QualifiedName:
                Print(node.A);
                Put("::"u8);
                Print(node.B);
                break;
            case NodeKind.LocalName: PrintLocalName(ref node); break;
            case NodeKind.TypedName: PrintTypedName(ref node); break;
            case NodeKind.Template: PrintTemplate(index, ref node); break;
            case NodeKind.Constructor: Print(node.A); break;
            case NodeKind.Destructor:
                Put('~');
                Print(node.A);
                break;
            case NodeKind.Restrict:
            case NodeKind.Volatile:
            case NodeKind.Const: PrintTypeQualifier(index, ref node); break;
            case NodeKind.Reference:
            case NodeKind.RvalueReference: PrintReference(index, ref node); break;
            case NodeKind.Pointer:
            case NodeKind.Complex:
            case NodeKind.Imaginary:
            case NodeKind.VendorQualifier:
            case >= NodeKind.RestrictThis and <= NodeKind.ThrowSpecification: PrintModified(index, node.A); break;
            case NodeKind.PointerToMember:
            case NodeKind.VectorType: PrintModified(index, node.B); break;
            case NodeKind.FunctionType: PrintFunctionTypeNode(index, ref node); break;
            case NodeKind.ArrayType: PrintArrayTypeNode(index, ref node); break;
            case NodeKind.ArgumentList:
            case NodeKind.TemplateArgumentList: PrintList(index); break;
            case NodeKind.PackExpansion: PrintPackExpansion(ref node); break;
            case NodeKind.Lambda: PrintLambda(ref node); break;
            case >= NodeKind.Vtable and <= NodeKind.BlockInvocation: PrintSpecialName(ref node); break;
            case >= NodeKind.Cast: PrintExpressionKind(ref node); break;
            default: PrintRareKind(index, ref node); break;
        }
    }

    private void PrintRareKind(int index, ref Node node)
    {
        switch (node.Kind)
        {
            case NodeKind.TaggedName:
                Print(node.A);
                Put("[abi:"u8);
                Print(node.B);
                Put(']');
                break;
            case NodeKind.ExtendedOperator:
                Put("operator "u8);
                Print(node.A);
                break;
            case NodeKind.Conversion:
                Put("operator "u8);
                PrintConversion(index);
                break;
            case NodeKind.Constrained: PrintConstrained(ref node); break;
            case NodeKind.StructuredBinding:
                Put('[');
                PrintList(node.A);
                Put(']');
                break;
            case NodeKind.Clone:
                Print(node.A);
                Put(" [clone "u8);
                Print(node.B);
                Put(']');
                break;
            case NodeKind.ModuleEntity:
                Print(node.A);
                Put('@');
                Print(node.B);
                break;
            case NodeKind.ModuleName:
            case NodeKind.ModulePartition:
                if (node.A != 0)
                    Print(node.A);
                if (node.Kind == NodeKind.ModulePartition)
                    Put(':');
                else if (node.A != 0)
                    Put('.');
                Print(node.B);
                break;
            case NodeKind.FriendName:
                Print(node.A);
                Put("[friend]"u8);
                break;
            case NodeKind.VendorType: Print(node.A); break;
            case NodeKind.NumberedType:
                PutConstant(node.A);
                PutNumber(node.B);
                PutConstant(node.X);
                break;
            case NodeKind.BitInt:
                if (node.B != 0)
                    Put("unsigned "u8);
                Put("_BitInt("u8);
                Print(node.A);
                Put(')');
                break;
            case NodeKind.Decltype:
                // What stands around the type is not part of the expression.
                int held = _modifier;
                _modifier = 0;
                PrintWithParentheses("decltype "u8, node.A);
                _modifier = held;
                break;
            case NodeKind.ConstrainedAuto:
                Print(node.A);
                Put(' ');
                Print(node.B);
                break;
            default: Fail(); break;
        }
    }

    private void PrintCounted(ReadOnlySpan<byte> opening, int number)
    {
        Put(opening);
        PutNumber(number + 1);
        Put('}');
    }

    private void PrintFunctionParameter(int number)
    {
        if (number == 0)
            Put("this"u8);
        else
        {
            Put("{parm#"u8);
            PutNumber(number);
            Put('}');
        }
    }

    private void PrintOperatorName(int index)
    {
        ReadOnlySpan<byte> name = OperatorTable.All[index].Name;
        Put("operator"u8);
        if (IsLower(name[0]))
            Put(' ');
        Put(name[^1] == ' ' ? name[..^1] : name);
    }

    /// <summary>Items separated by commas. Items at the end that write nothing, empty packs, take their commas with them.</summary>
    private void PrintList(int list)
    {
        if (_nodes[list].A != 0)
            Print(_nodes[list].A);
        int empty = 0;
        while ((list = _nodes[list].B) != 0 && !_failed)
        {
            Put(", "u8);
            int length = _length;
            if (_nodes[list].A != 0)
                Print(_nodes[list].A);
            empty = _length == length ? empty + 1 : 0;
        }
        // The space stays the last character for the spacing of "> >", as it does for c++filt.
        if (!_failed)
            _length -= 2 * empty;
    }
}
