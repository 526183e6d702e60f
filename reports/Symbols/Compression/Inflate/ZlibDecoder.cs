using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MemTools.Reports.Symbols.Compression.Inflate;

/// <summary>
/// Inflates a zlib stream (RFC 1950, 1951) of known size into one buffer, as far as it is asked to go. The result is its own window, so that
/// nothing is copied twice, and what is no longer wanted of it can be given back while inflating goes on (all but the last
/// <see cref="Window"/> bytes).
/// </summary>
internal sealed unsafe partial class ZlibDecoder : IDisposable
{
    /// <summary>How far back deflate may refer.</summary>
    public const int Window = 32768;

    private const int LiteralIndexBits = 11, DistanceIndexBits = 8, LengthIndexBits = 7;

    /// <summary>Entries of both levels that any code of 288 or 32 symbols needs at most (zlib's "enough" gives them).</summary>
    private const int LiteralEntries = 2400, DistanceEntries = 512, LengthEntries = 128;

    private readonly byte* inputStart, inputEnd, start, end;
    private readonly uint* literals, distances, lengthCodes;
    private byte* input, output;
    private ulong bits;
    private int bitCount, phantomBytes, storedLeft;
    private uint checksum = Adler32.Start;
    private bool isLast;
    private Mode mode = Mode.Header;

    /// <summary>Takes memory that stays where it is until this is disposed.</summary>
    public ZlibDecoder(byte* input, nint inputLength, byte* output, nint outputLength)
    {
        this.input = inputStart = input;
        inputEnd = input + inputLength;
        this.output = start = output;
        end = output + outputLength;
        literals = (uint*)NativeMemory.Alloc((LiteralEntries + DistanceEntries + LengthEntries) * sizeof(uint));
        distances = literals + LiteralEntries;
        lengthCodes = distances + DistanceEntries;
    }

    private enum Mode
    {
        Header,
        Block,
        Stored,
        Codes,
        Trailer,
        Done,
    }

    /// <summary>Bytes inflated so far.</summary>
    public int Position => (int)(output - start);

    /// <summary>Bytes of the input read so far.</summary>
    public int Consumed => (int)(input - inputStart);

    /// <summary>Inflates at least up to <paramref name="until"/>; at the buffer's end also what follows, which must be the checksum.</summary>
    /// <exception cref="InflateException">The data are damaged, or their size is not the buffer's.</exception>
    public void Advance(int until)
    {
        byte* target = start + until, before = output;
        while (mode != Mode.Done && (output < target || target == end))
        {
            switch (mode)
            {
                case Mode.Header:
                    Header();
                    break;
                case Mode.Block:
                    Block();
                    break;
                case Mode.Stored:
                    Stored();
                    break;
                case Mode.Codes:
                    Codes(target);
                    break;
                default:
                    checksum = Adler32.Update(checksum, before, (nint)(output - before));
                    before = output;
                    Trailer();
                    break;
            }
        }

        checksum = Adler32.Update(checksum, before, (nint)(output - before));
    }

    public void Dispose() => NativeMemory.Free(literals);

    private void Header()
    {
        uint method = Take(8), flags = Take(8);
        if ((method & 15) != 8 || (method >> 4) > 7 || (method << 8 | flags) % 31 != 0 || (flags & 32) != 0)
            throw new InflateException("it is no zlib stream");
        mode = Mode.Block;
    }

    private void Block()
    {
        isLast = Take(1) != 0;
        switch (Take(2))
        {
            case 0:
                ToByteBoundary();
                uint length = Take(16), inverted = Take(16);
                if (length != (inverted ^ 0xffff))
                    throw new InflateException("a stored block's length is damaged");
                storedLeft = (int)length;
                mode = Mode.Stored;
                break;
            case 1:
                FixedCodes();
                mode = Mode.Codes;
                break;
            case 2:
                DynamicCodes();
                mode = Mode.Codes;
                break;
            default:
                throw new InflateException("a block of unknown kind");
        }
    }

    private void Stored()
    {
        // Whole bytes that wait in the bit buffer go back to the input.
        input -= bitCount / 8 - phantomBytes;
        bits = 0;
        bitCount = phantomBytes = 0;
        if (storedLeft > inputEnd - input)
            throw new InflateException("it is cut short");
        if (storedLeft > end - output)
            throw new InflateException("it unpacks to more than it claims");
        Buffer.MemoryCopy(input, output, storedLeft, storedLeft);
        input += storedLeft;
        output += storedLeft;
        EndBlock();
    }

    private void Trailer()
    {
        ToByteBoundary();
        uint expected = Take(8) << 24 | Take(8) << 16 | Take(8) << 8 | Take(8);
        if (output != end)
            throw new InflateException($"it ends after {Position} bytes of {end - start}");
        if (expected != checksum)
            throw new InflateException("its checksum is wrong");
        mode = Mode.Done;
    }

    private void EndBlock() => mode = isLast ? Mode.Trailer : Mode.Block;

    private void ToByteBoundary() => Drop(bitCount & 7);

    private uint Take(int count)
    {
        Refill();
        uint value = (uint)bits & ((1u << count) - 1);
        Drop(count);
        return value;
    }

    private void Drop(int count)
    {
        bits >>= count;
        bitCount -= count;
        if (phantomBytes * 8 > bitCount)
            throw new InflateException("it is cut short");
    }

    /// <summary>Makes at least 56 bits ready; beyond the input's end they are zeros that must not be taken.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Refill()
    {
        if (inputEnd - input >= 8)
        {
            bits |= *(ulong*)input << bitCount;
            input += (63 - bitCount) >> 3;
            bitCount |= 56;
        }
        else
        {
            RefillAtEnd();
        }
    }

    private void RefillAtEnd()
    {
        for (; bitCount <= 56; bitCount += 8)
        {
            if (input < inputEnd)
                bits |= (ulong)*input++ << bitCount;
            else
                phantomBytes++;
        }
    }
}
