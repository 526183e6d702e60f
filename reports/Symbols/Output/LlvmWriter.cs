namespace MemTools.Reports.Symbols.Output;

/// <summary>llvm-symbolizer's default output: function and <c>file:line:column</c> per frame, an empty line after each address.</summary>
internal sealed class LlvmWriter(Stream stream) : SymbolWriter(stream)
{
    public override void Write(ulong address, string module, ulong offset, ReadOnlySpan<ResolvedFrame> frames, SymbolStore store)
    {
        if (frames.IsEmpty)
            Output.Write("??\n??:0:0\n"u8);
        foreach (ref readonly ResolvedFrame frame in frames)
        {
            ReadOnlySpan<byte> name = store.FunctionName(frame.Function), file = store.FilePath(frame.File);
            Output.Write(name.IsEmpty ? "??"u8 : name);
            Output.Write((byte)'\n');
            Output.Write(file.IsEmpty ? "??"u8 : file);
            Output.Write((byte)':');
            Output.Write(frame.Line);
            Output.Write((byte)':');
            Output.Write(frame.Column);
            Output.Write((byte)'\n');
        }

        Output.Write((byte)'\n');
    }
}
