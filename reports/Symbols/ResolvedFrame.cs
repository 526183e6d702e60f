namespace MemTools.Reports.Symbols;

/// <summary>One frame of a resolved address: numbers into the <see cref="SymbolStore"/> it was resolved with.</summary>
/// <param name="function">Number of the function; 0 when unknown.</param>
/// <param name="file">Number of the source file; 0 when unknown.</param>
/// <param name="line">1-based; 0 when unknown.</param>
/// <param name="column">1-based; 0 when unknown.</param>
/// <param name="discriminator">Which of several blocks on the line; 0 for none.</param>
public readonly struct ResolvedFrame(int function, int file, int line, int column, int discriminator)
{
    /// <summary>Number of the function; 0 when unknown.</summary>
    public int Function { get; } = function;

    /// <summary>Number of the source file; 0 when unknown.</summary>
    public int File { get; } = file;

    /// <summary>1-based; 0 when unknown.</summary>
    public int Line { get; } = line;

    /// <summary>1-based; 0 when unknown.</summary>
    public int Column { get; } = column;

    /// <summary>Which of several blocks on the line (GNU tools print it); 0 for none.</summary>
    public int Discriminator { get; } = discriminator;
}
