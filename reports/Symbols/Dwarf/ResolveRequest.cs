namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>The addresses to resolve, and where the answers go.</summary>
/// <param name="Addresses">Ascending, distinct.</param>
/// <param name="Count">How many of them.</param>
/// <param name="Into">One per address.</param>
/// <param name="Store">Takes names and files.</param>
/// <param name="Options">What is wanted.</param>
/// <param name="Cancellation">Checked between units.</param>
internal sealed record ResolveRequest(
    ulong[] Addresses, int Count, FrameSlice[] Into, SymbolStore Store, ResolveOptions Options, CancellationToken Cancellation);
