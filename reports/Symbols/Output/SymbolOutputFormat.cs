namespace MemTools.Reports.Symbols.Output;

/// <summary>How resolved addresses are printed.</summary>
public enum SymbolOutputFormat
{
    /// <summary>For people: the address, then <c>function at file:line:column</c>, inlined callers indented.</summary>
    Text,

    /// <summary>One JSON object per address and line.</summary>
    Json,

    /// <summary>As llvm-symbolizer prints it.</summary>
    Llvm,

    /// <summary>As <c>addr2line -C -f -i</c> prints it.</summary>
    Addr2Line,
}
