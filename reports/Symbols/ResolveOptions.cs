namespace MemTools.Reports.Symbols;

/// <summary>What is wanted of each address.</summary>
public sealed record ResolveOptions
{
    /// <summary>Every default.</summary>
    public static ResolveOptions Default { get; } = new();

    /// <summary>One frame per inlined call; otherwise only the function, with the line of the innermost.</summary>
    public bool Inlines { get; init; } = true;

    /// <summary>
    /// The outermost function is named by the symbol table, which knows clones (<c>.cold</c>, <c>.isra</c>) and linkage names that debug
    /// information leaves out. llvm-symbolizer does so, addr2line only for C++ functions that have no linkage name.
    /// </summary>
    public bool SymbolTableNames { get; init; } = true;

    /// <summary>Also finds where functions are declared (<see cref="SymbolStore.DeclarationFile"/>).</summary>
    public bool Declarations { get; init; }

    /// <summary>
    /// C++ functions without a linkage name (lambdas, members of local classes, static functions) are named with scope and parameters, as
    /// the demangler would; otherwise by their bare name, as llvm-symbolizer and addr2line do.
    /// </summary>
    public bool QualifiedNames { get; init; } = true;

    /// <summary>Threads used.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Size from which a compressed <c>.debug_info</c> is read while it is unpacked.</summary>
    internal int StreamedInfoBytes { get; init; } = Dwarf.DwarfLimits.StreamedInfoBytes;
}
