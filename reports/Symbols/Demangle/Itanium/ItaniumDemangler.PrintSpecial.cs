namespace MemTools.Reports.Symbols.Demangle.Itanium;

internal sealed partial class ItaniumDemangler
{
    private void PrintSpecialName(ref Node node)
    {
        switch (node.Kind)
        {
            case NodeKind.ConstructionVtable:
                Put("construction vtable for "u8);
                Print(node.A);
                Put("-in-"u8);
                Print(node.B);
                return;
            case NodeKind.ReferenceTemporary:
                Put("reference temporary #"u8);
                PutNumber(node.B);
                Put(" for "u8);
                break;
            default:
                Put(SpecialPrefix(node.Kind));
                break;
        }
        Print(node.A);
    }

    private static ReadOnlySpan<byte> SpecialPrefix(NodeKind kind) => kind switch
    {
        NodeKind.Vtable => "vtable for "u8,
        NodeKind.Vtt => "VTT for "u8,
        NodeKind.TypeInfo => "typeinfo for "u8,
        NodeKind.TypeInfoName => "typeinfo name for "u8,
        NodeKind.TypeInfoFunction => "typeinfo fn for "u8,
        NodeKind.Thunk => "non-virtual thunk to "u8,
        NodeKind.VirtualThunk => "virtual thunk to "u8,
        NodeKind.CovariantThunk => "covariant return thunk to "u8,
        NodeKind.JavaClass => "java Class for "u8,
        NodeKind.Guard => "guard variable for "u8,
        NodeKind.TlsInit => "TLS init function for "u8,
        NodeKind.TlsWrapper => "TLS wrapper function for "u8,
        NodeKind.HiddenAlias => "hidden alias for "u8,
        NodeKind.TransactionClone => "transaction clone for "u8,
        NodeKind.NonTransactionClone => "non-transaction clone for "u8,
        NodeKind.TemplateObject => "template parameter object for "u8,
        NodeKind.GlobalConstructors => "global constructors keyed to "u8,
        NodeKind.GlobalDestructors => "global destructors keyed to "u8,
        NodeKind.ModuleInitializer => "initializer for module "u8,
        _ => "invocation function for block in "u8,
    };
}
