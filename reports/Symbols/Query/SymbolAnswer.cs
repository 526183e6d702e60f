namespace MemTools.Reports.Symbols.Query;

/// <summary>Where an asked address lies.</summary>
/// <param name="Address">As asked.</param>
/// <param name="Module">Path of the module; empty when no module holds it.</param>
/// <param name="Offset">ELF virtual address in the module; the address itself when there is no module.</param>
/// <param name="BuildId">Build-id of the module, lower-case hex; null when unknown.</param>
public readonly record struct SymbolPlace(ulong Address, string Module, ulong Offset, string? BuildId);

/// <summary>Takes the answers of a batch in the order the addresses were asked.</summary>
/// <param name="place">Where the address lies.</param>
/// <param name="frames">Innermost first; empty when nothing is known.</param>
public delegate void SymbolSink(SymbolPlace place, ReadOnlySpan<ResolvedFrame> frames);
