using MemTools.Reports.Errors;
using MemTools.Reports.Symbols.Compression.Inflate;

namespace MemTools.Reports.Symbols.Elf;

/// <content>The bytes of sections, inflated when they are stored compressed.</content>
public sealed partial class ElfFile
{
    private readonly Lock inflatedLock = new();
    private readonly List<string> warnings = [];
    private NativeBuffer?[]? inflated;
    private long inflatedBytes;

    /// <summary>
    /// The section's content, inflated when compressed (zlib, zstd, or the older <c>.zdebug_</c> form). Empty when the file does not
    /// hold it, it lies outside the file, exceeds <see cref="ElfLimits"/>, or cannot be inflated. Valid until the file is disposed.
    /// </summary>
    public ReadOnlySpan<byte> GetData(ElfSection section)
    {
        if (!section.HasData)
            return default;
        ReadOnlySpan<byte> stored = file.Slice(section.Offset, section.Size);
        if (!section.IsCompressed || stored.IsEmpty)
            return stored;
        NativeBuffer slot;
        lock (inflatedLock)
        {
            inflated ??= new NativeBuffer?[sections.Length];
            if (inflated[section.Index] is { } known)
                return known.Span;
        }

        // Outside the lock, so that sections inflate side by side.
        slot = Inflate(section, stored);
        lock (inflatedLock)
        {
            if (inflated[section.Index] is { } other)
            {
                slot.Dispose();
                return other.Span;
            }

            inflated[section.Index] = slot;
            return slot.Span;
        }
    }

    /// <summary>As <see cref="GetData(ElfSection)"/>, by name; <c>.debug_x</c> is also found as <c>.zdebug_x</c>.</summary>
    public ReadOnlySpan<byte> GetData(string name)
    {
        ElfSection? section = FindDebugSection(name);
        return section is null ? default : GetData(section);
    }

    /// <summary>Bytes of a section's content, inflated or not, without inflating it; 0 for what <see cref="GetData(ElfSection)"/> gives nothing of.</summary>
    internal int GetDataLength(string name)
    {
        if (FindDebugSection(name) is not { HasData: true } section)
            return 0;
        ReadOnlySpan<byte> stored = file.Slice(section.Offset, section.Size);
        return section.IsCompressed && !stored.IsEmpty ? (int)CompressedSection.Read(section, stored, reader).Size : stored.Length;
    }

    /// <summary>Starts to inflate a compressed section that was not inflated before; null for any other, and for one that cannot be.</summary>
    internal SectionInflater? TryInflate(string name)
    {
        if (FindDebugSection(name) is not { HasData: true, IsCompressed: true } section)
            return null;
        lock (inflatedLock)
        {
            if (inflated?[section.Index] is not null)
                return null;
        }

        ReadOnlySpan<byte> stored = file.Slice(section.Offset, section.Size);
        return stored.IsEmpty ? null : TryInflate(section, stored, out _);
    }

    private ElfSection? FindDebugSection(string name) =>
        FindSection(name) ?? (name.StartsWith(".debug_", StringComparison.Ordinal) ? FindSection(".z" + name[1..]) : null);

    private NativeBuffer Inflate(ElfSection section, ReadOnlySpan<byte> stored)
    {
        SectionInflater? inflater = TryInflate(section, stored, out string? problem);
        try
        {
            inflater?.Advance(inflater.Buffer.Length);
        }
        catch (Exception e) when (e is InflateException or MemToolsException)
        {
            // Half a section would give wrong names: none is better.
            problem = e.Message;
            inflater!.Dispose();
        }

        if (problem is null)
            return inflater!.TakeBuffer();
        lock (inflatedLock)
            warnings.Add($"section {section.Name} of {Path} cannot be unpacked: {problem}");
        return new NativeBuffer(0);
    }

    private SectionInflater? TryInflate(ElfSection section, ReadOnlySpan<byte> stored, out string? problem)
    {
        CompressedSection header = CompressedSection.Read(section, stored, reader);
        problem = header.Problem;
        long allowed = ElfLimits.InflateBase + Length * ElfLimits.InflateFactor;
        if (problem is null && Interlocked.Add(ref inflatedBytes, (long)header.Size) > allowed)
            problem = $"the file's sections claim more than {allowed} bytes together";
        if (problem is not null)
            return null;
        try
        {
            return new SectionInflater(file, header, stored);
        }
        catch (MemToolsException e)
        {
            problem = e.Message;
            return null;
        }
    }
}
