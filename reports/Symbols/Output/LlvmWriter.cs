namespace MemTools.Reports.Symbols.Output;

/// <summary>
/// llvm-symbolizer's default output: function and <c>file:line:column</c> per frame, an empty line after each address; and that of its options
/// --addresses, --pretty-print, --basenames and --functions=none.
/// </summary>
internal sealed class LlvmWriter(Stream stream, SymbolWriterOptions options) : SymbolWriter(stream)
{
    public override void Write(ulong address, string module, ulong offset, ReadOnlySpan<ResolvedFrame> frames, SymbolStore store)
    {
        if (options.Addresses)
        {
            Output.Write("0x"u8);
            Output.WriteHex(address);
            Output.Write(options.PrettyPrint ? ": "u8 : "\n"u8);
        }

        if (frames.IsEmpty)
            WriteFrame(default, isFirst: true, store);
        for (int i = 0; i < frames.Length; i++)
            WriteFrame(frames[i], i == 0, store);
        Output.Write((byte)'\n');
    }

    private void WriteFrame(ResolvedFrame frame, bool isFirst, SymbolStore store)
    {
        if (options.Functions)
        {
            ReadOnlySpan<byte> name = store.FunctionName(frame.Function);
            if (!isFirst && options.PrettyPrint)
                Output.Write(" (inlined by) "u8);
            Output.Write(name.IsEmpty ? "??"u8 : name);
            Output.Write(options.PrettyPrint ? " at "u8 : "\n"u8);
        }

        WriteFile(store.FilePath(frame.File), options.BaseNames);
        Output.Write(frame.Line);
        Output.Write((byte)':');
        Output.Write(frame.Column);
        Output.Write((byte)'\n');
    }
}
