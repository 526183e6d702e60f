namespace MemTools.Reports.Symbols.Output;

/// <summary>Prints resolved addresses in one of the formats.</summary>
public abstract class SymbolWriter : IDisposable
{
    private protected SymbolWriter(Stream stream) => Output = new Utf8Output(stream);

    private protected Utf8Output Output { get; }

    /// <summary>A writer for a format; the stream stays the caller's.</summary>
    public static SymbolWriter Create(SymbolOutputFormat format, Stream stream, SymbolWriterOptions? options = null) => format switch
    {
        SymbolOutputFormat.Llvm => new LlvmWriter(stream, options ?? new SymbolWriterOptions()),
        SymbolOutputFormat.Addr2Line => new Addr2LineWriter(stream, options ?? new SymbolWriterOptions()),
        SymbolOutputFormat.Json => new JsonWriter(stream),
        _ => new TextWriter(stream),
    };

    /// <summary>Prints one address.</summary>
    /// <param name="address">As the user gave it.</param>
    /// <param name="module">Path of the module, or empty.</param>
    /// <param name="offset">ELF virtual address in the module.</param>
    /// <param name="frames">Innermost first; empty when nothing is known.</param>
    /// <param name="store">Names and files of the frames.</param>
    public abstract void Write(ulong address, string module, ulong offset, ReadOnlySpan<ResolvedFrame> frames, SymbolStore store);

    /// <summary>Hands what was printed to the stream.</summary>
    public void Flush() => Output.Flush();

    /// <summary>A file and a colon, as both tools print them.</summary>
    private protected void WriteFile(ReadOnlySpan<byte> file, bool baseName)
    {
        if (baseName)
            file = file[(file.LastIndexOf((byte)'/') + 1)..];
        Output.Write(file.IsEmpty ? "??"u8 : file);
        Output.Write((byte)':');
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Output.Dispose();
        GC.SuppressFinalize(this);
    }
}
