namespace MemTools.Reports.Symbols.Output;

/// <summary>The output of <c>addr2line -C -f -i</c>: function, then <c>file:line</c>, per frame.</summary>
internal sealed class Addr2LineWriter(Stream stream) : SymbolWriter(stream)
{
    public override void Write(ulong address, string module, ulong offset, ReadOnlySpan<ResolvedFrame> frames, SymbolStore store)
    {
        if (frames.IsEmpty)
            Output.Write("??\n??:0\n"u8);
        foreach (ref readonly ResolvedFrame frame in frames)
        {
            ReadOnlySpan<byte> name = store.FunctionName(frame.Function), file = store.FilePath(frame.File);
            Output.Write(name.IsEmpty ? "??"u8 : name);
            Output.Write((byte)'\n');
            Output.Write(file.IsEmpty ? "??"u8 : file);
            Output.Write((byte)':');
            if (frame.Line > 0)
            {
                Output.Write(frame.Line);
                if (frame.Discriminator > 0)
                {
                    Output.Write(" (discriminator "u8);
                    Output.Write(frame.Discriminator);
                    Output.Write((byte)')');
                }
            }
            else
            {
                // The tool prints 0 only for an address of which it knows nothing.
                Output.Write((byte)'?');
            }

            Output.Write((byte)'\n');
        }
    }
}
