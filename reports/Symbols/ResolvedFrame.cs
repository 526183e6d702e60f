namespace MemTools.Reports.Symbols;

/// <summary>One frame of a resolved address: numbers into the <see cref="SymbolStore"/> it was resolved with.</summary>
/// <param name="Function">Number of the function; 0 when unknown.</param>
/// <param name="File">Number of the source file; 0 when unknown.</param>
/// <param name="Line">1-based; 0 when unknown.</param>
/// <param name="Column">1-based; 0 when unknown.</param>
/// <param name="Discriminator">Which of several blocks on the line (GNU tools print it); 0 for none.</param>
public readonly record struct ResolvedFrame(int Function, int File, int Line, int Column, int Discriminator);
