using System.Text;

namespace MemTools.Reports.Symbols;

/// <summary>A text in UTF-8 inside a larger buffer: names are kept so until somebody needs a <see cref="string"/>.</summary>
internal readonly struct Utf8Text(byte[] buffer, int offset, int length)
{
    private readonly byte[]? buffer = buffer;

    public int Length { get; } = length;

    public ReadOnlySpan<byte> Span => new(buffer, offset, Length);

    public override string ToString() => Encoding.UTF8.GetString(Span);
}

/// <summary>Buffers for texts that live as long as the store. Each thread has its own.</summary>
internal sealed class Utf8Arena
{
    private const int ChunkBytes = 1 << 16;
    private byte[] chunk = [];
    private int used;

    public Utf8Text Add(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return default;
        if (text.Length > chunk.Length - used)
        {
            // A text that would waste most of a chunk gets a buffer of its own.
            if (text.Length > ChunkBytes / 4)
                return new Utf8Text(text.ToArray(), 0, text.Length);
            chunk = GC.AllocateUninitializedArray<byte>(ChunkBytes);
            used = 0;
        }

        text.CopyTo(chunk.AsSpan(used));
        var result = new Utf8Text(chunk, used, text.Length);
        used += text.Length;
        return result;
    }
}
