namespace MemTools.Reports.Readers;

/// <summary>Bytes by their content, so that a part of a line is looked up without making a string of it.</summary>
internal sealed class ByteKeys : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    /// <summary>A table of such keys.</summary>
    public static Dictionary<byte[], T>.AlternateLookup<ReadOnlySpan<byte>> Table<T>() => new Dictionary<byte[], T>(new ByteKeys()).GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <inheritdoc/>
    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    /// <inheritdoc/>
    public int GetHashCode(byte[] key) => GetHashCode(key.AsSpan());

    /// <inheritdoc/>
    public byte[] Create(ReadOnlySpan<byte> key) => key.ToArray();

    /// <inheritdoc/>
    public bool Equals(ReadOnlySpan<byte> key, byte[] other) => key.SequenceEqual(other);

    /// <inheritdoc/>
    public int GetHashCode(ReadOnlySpan<byte> key)
    {
        var hash = default(HashCode);
        hash.AddBytes(key);
        return hash.ToHashCode();
    }
}
