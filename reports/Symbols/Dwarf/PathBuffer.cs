namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>Composes a path of its parts, as recorded: nothing is resolved or tidied.</summary>
internal sealed class PathBuffer
{
    private readonly byte[] bytes = new byte[DwarfLimits.MaxPathBytes];
    private int length;

    public ReadOnlySpan<byte> Text => new(bytes, 0, length);

    public void Clear() => length = 0;

    /// <summary>Adds a part behind a slash; one that would be too long is left out.</summary>
    public void Append(ReadOnlySpan<byte> part)
    {
        if (part.IsEmpty || length + part.Length + 1 > bytes.Length)
            return;
        if (length > 0 && bytes[length - 1] != (byte)'/' && part[0] != (byte)'/')
            bytes[length++] = (byte)'/';
        part.CopyTo(bytes.AsSpan(length));
        length += part.Length;
    }
}
