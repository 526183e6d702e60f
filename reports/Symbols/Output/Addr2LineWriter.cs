namespace MemTools.Reports.Symbols.Output;

/// <summary>The output of <c>addr2line -C -f -i</c>: function, then <c>file:line</c>, per frame; and of its options -a, -p and -s.</summary>
internal sealed class Addr2LineWriter(Stream stream, SymbolWriterOptions options) : SymbolWriter(stream)
{
    public override void Write(ulong address, string module, ulong offset, ReadOnlySpan<ResolvedFrame> frames, SymbolStore store)
    {
        if (options.Addresses)
        {
            Output.Write("0x"u8);
            Output.WriteHex(address, options.AddressDigits);
            Output.Write(options.PrettyPrint ? ": "u8 : "\n"u8);
        }

        if (frames.IsEmpty)
        {
            if (options.Functions)
                Output.Write(options.PrettyPrint ? "?? "u8 : "??\n"u8);
            Output.Write("??:0\n"u8);
            return;
        }

        for (int i = 0; i < (options.Inlines ? frames.Length : 1); i++)
        {
            if (i > 0 && options.PrettyPrint)
                Output.Write(" (inlined by) "u8);
            ReadOnlySpan<byte> name = store.FunctionName(frames[i].Function);
            if (options.Functions)
            {
                Output.Write(name.IsEmpty ? "??"u8 : name);
                Output.Write(options.PrettyPrint ? " at "u8 : "\n"u8);
            }

            WriteFile(store.FilePath(frames[i].File), options.BaseNames);
            WriteLine(frames[i].Line, frames[0].Discriminator);
        }
    }

    /// <summary>The tool prints the discriminator of the address's own row with all its frames.</summary>
    private void WriteLine(int line, int discriminator)
    {
        if (line > 0)
        {
            Output.Write(line);
            if (discriminator > 0)
            {
                Output.Write(" (discriminator "u8);
                Output.Write(discriminator);
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
