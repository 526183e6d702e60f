using System.Text;

namespace MemTools.Reports.Symbols.Output;

/// <summary>
/// For people: <c>0xADDRESS function at file:line:column</c>; callers of inlined code follow on lines of their own, the outermost last.
/// </summary>
internal sealed class TextWriter(Stream stream) : SymbolWriter(stream)
{
    public override void Write(ulong address, string module, ulong offset, ReadOnlySpan<ResolvedFrame> frames, SymbolStore store)
    {
        Output.Write("0x"u8);
        Output.WriteHex(address);
        Output.Write((byte)' ');
        for (int i = 0; i < frames.Length; i++)
        {
            ref readonly ResolvedFrame frame = ref frames[i];
            if (i > 0)
                Output.Write("    inlined into "u8);
            if (frame.Function == 0)
                WriteOffset(module, offset);
            else
                Output.Write(store.FunctionName(frame.Function));
            ReadOnlySpan<byte> file = store.FilePath(frame.File);
            if (!file.IsEmpty)
            {
                Output.Write(" at "u8);
                Output.Write(file);
                if (frame.Line > 0)
                {
                    Output.Write((byte)':');
                    Output.Write(frame.Line);
                    if (frame.Column > 0)
                    {
                        Output.Write((byte)':');
                        Output.Write(frame.Column);
                    }
                }
            }

            Output.Write((byte)'\n');
        }

        if (!frames.IsEmpty)
            return;
        WriteOffset(module, offset);
        Output.Write((byte)'\n');
    }

    private void WriteOffset(string module, ulong offset)
    {
        if (module.Length == 0)
        {
            Output.Write("??"u8);
            return;
        }

        Output.Write(Encoding.UTF8.GetBytes(Path.GetFileName(module)));
        Output.Write("+0x"u8);
        Output.WriteHex(offset);
    }
}
