namespace MemTools.Reports.Symbols.Output;

/// <summary>What the formats of llvm-symbolizer and addr2line can print besides, by the names of those tools' options.</summary>
public sealed record SymbolWriterOptions
{
    /// <summary>Each answer begins with its address (<c>-a</c>).</summary>
    public bool Addresses { get; init; }

    /// <summary>A frame a line, callers of inlined code as <c>(inlined by)</c> (<c>-p</c>).</summary>
    public bool PrettyPrint { get; init; }

    /// <summary>Files without their folders (<c>-s</c>).</summary>
    public bool BaseNames { get; init; }

    /// <summary>Functions are printed: addr2line's <c>-f</c>, not llvm-symbolizer's <c>--functions=none</c>.</summary>
    public bool Functions { get; init; } = true;

    /// <summary>All frames of an address are printed rather than the first (addr2line's <c>-i</c>).</summary>
    public bool Inlines { get; init; } = true;

    /// <summary>Digits of addresses in addr2line's format: 16, for 32-bit files 8.</summary>
    public int AddressDigits { get; init; } = 16;
}
