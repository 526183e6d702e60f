namespace MemTools.Reports.Symbols.Query;

/// <summary>How numbers are read.</summary>
public enum AddressRadix
{
    /// <summary>Hexadecimal, with or without 0x.</summary>
    Hexadecimal,

    /// <summary>Hexadecimal with 0x, octal with a leading 0, decimal otherwise, as llvm-symbolizer does.</summary>
    ByPrefix,

    /// <summary>Hexadecimal, as many digits as the text begins with; none are 0, too many 2^64 - 1. So addr2line reads them, with strtoul.</summary>
    HexadecimalDigits,
}

/// <summary>A line of the input: an address, or the text of a line that is none.</summary>
public readonly record struct AddressLine(ulong Address, string? Text);

/// <summary>
/// Reads addresses, one a line, in batches: as many as are there without waiting. A program that asks one question at a time gets its answer
/// at once, a file is taken in whole.
/// </summary>
/// <param name="stream">The input.</param>
/// <param name="radix">How numbers are read.</param>
/// <param name="isReady">Tells whether more can be read without waiting; null when always.</param>
public sealed class AddressReader(Stream stream, AddressRadix radix, Func<bool>? isReady = null)
{
    private const int MaxBatch = 1 << 20;
    private const int MaxLine = 4096;

    private byte[] buffer = new byte[1 << 16];
    private int start, end;
    private bool ended;

    /// <summary>Fills the list with the next batch; false at the end of the input.</summary>
    public bool Next(List<AddressLine> batch)
    {
        batch.Clear();
        while (true)
        {
            Split(batch);
            if (ended || batch.Count >= MaxBatch || batch.Count > 0 && isReady is not null && !isReady())
                return batch.Count > 0;
            Fill();
        }
    }

    /// <summary>Reads one number; false when the text is none.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, AddressRadix radix, out ulong address)
    {
        text = text.Trim(" \t\r"u8);
        address = 0;
        uint numberBase = 16;
        if (text.StartsWith("0x"u8) || text.StartsWith("0X"u8))
        {
            text = text[2..];
        }
        else if (radix == AddressRadix.ByPrefix)
        {
            numberBase = text.Length > 1 && text[0] == (byte)'0' ? 8u : 10u;
        }

        if (text.IsEmpty)
            return radix == AddressRadix.HexadecimalDigits;
        foreach (byte b in text)
        {
            uint digit = b switch
            {
                >= (byte)'0' and <= (byte)'9' => b - (uint)'0',
                >= (byte)'a' and <= (byte)'f' => b - (uint)'a' + 10,
                >= (byte)'A' and <= (byte)'F' => b - (uint)'A' + 10,
                _ => 99,
            };
            ulong high = Math.BigMul(address, numberBase, out ulong low);
            if (digit >= numberBase && radix == AddressRadix.HexadecimalDigits)
                break;
            if (radix == AddressRadix.HexadecimalDigits && (high != 0 || low > ulong.MaxValue - digit))
                return (address = ulong.MaxValue) != 0;
            if (digit >= numberBase || high != 0 || low > ulong.MaxValue - digit)
                return false;
            address = low + digit;
        }

        return true;
    }

    private void Split(List<AddressLine> batch)
    {
        while (batch.Count < MaxBatch)
        {
            ReadOnlySpan<byte> rest = buffer.AsSpan(start, end - start);
            int newline = rest.IndexOf((byte)'\n');
            if (newline < 0 && (!ended || rest.IsEmpty))
                return;
            ReadOnlySpan<byte> line = newline < 0 ? rest : rest[..newline];
            start += newline < 0 ? rest.Length : newline + 1;
            batch.Add(TryParse(line, radix, out ulong address)
                ? new AddressLine(address, null)
                : new AddressLine(0, System.Text.Encoding.UTF8.GetString(line.TrimEnd((byte)'\r'))));
        }
    }

    private void Fill()
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            end -= start;
            start = 0;
        }

        if (end == buffer.Length)
        {
            // A line longer than any address is no line of addresses: end it here.
            if (end > MaxLine)
                buffer[end - 1] = (byte)'\n';
            return;
        }

        int read = stream.Read(buffer, end, buffer.Length - end);
        ended = read == 0;
        end += read;
    }
}
