using System.IO.Compression;
using MemTools.Reports.Errors;
using MemTools.Reports.Symbols.Compression;

namespace MemTools.Reports.Symbols.Elf;

/// <content>The bytes of sections, inflated when they are stored compressed.</content>
public sealed partial class ElfFile
{
    private const uint AlgorithmZlib = 1, AlgorithmZstd = 2;

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
        ElfSection? section = FindSection(name);
        if (section is null && name.StartsWith(".debug_", StringComparison.Ordinal))
            section = FindSection(".z" + name[1..]);
        return section is null ? default : GetData(section);
    }

    private NativeBuffer Inflate(ElfSection section, ReadOnlySpan<byte> stored)
    {
        uint algorithm = AlgorithmZlib;
        ulong size;
        ReadOnlySpan<byte> payload;
        if ((section.Flags & 0x800) != 0)
        {
            // Elf32_Chdr is type, size, alignment; Elf64_Chdr has four reserved bytes after the type.
            int header = reader.Is64 ? 24 : 12;
            if (stored.Length < header)
                return new NativeBuffer(0);
            algorithm = reader.U32(stored, 0);
            size = reader.Word(stored, reader.Is64 ? 8 : 4);
            payload = stored[header..];
        }
        else
        {
            // "ZLIB" and the size as eight big-endian bytes, whatever the file's byte order.
            if (stored.Length < 12 || !stored[..4].SequenceEqual("ZLIB"u8))
                return new NativeBuffer(0);
            size = System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(stored[4..]);
            payload = stored[12..];
        }

        ulong ratio = algorithm == AlgorithmZlib ? ElfLimits.MaxDeflateRatio : (ulong)ElfLimits.MaxZstdRatio;
        string? problem = algorithm is not (AlgorithmZlib or AlgorithmZstd) ? $"compression {algorithm} is not known"
            : size > (ulong)ElfLimits.MaxSectionBytes || size > (ulong)payload.Length * ratio ? $"it claims {size} bytes of {payload.Length}" : null;
        long allowed = ElfLimits.InflateBase + Length * ElfLimits.InflateFactor;
        if (problem is null && Interlocked.Add(ref inflatedBytes, (long)size) > allowed)
            problem = $"the file's sections claim more than {allowed} bytes together";
        var result = new NativeBuffer(problem is null ? (int)size : 0);
        problem ??= Inflate(payload, algorithm, result);
        // It is not looked at again, and would count as this process's memory.
        file.Release(stored);
        if (problem is null)
            return result;
        // Half a section would give wrong names: none is better.
        result.Dispose();
        lock (inflatedLock)
            warnings.Add($"section {section.Name} of {Path} cannot be unpacked: {problem}");
        return new NativeBuffer(0);
    }

    /// <summary>Fills the buffer; returns what is wrong, or null.</summary>
    private static unsafe string? Inflate(ReadOnlySpan<byte> payload, uint algorithm, NativeBuffer into)
    {
        fixed (byte* p = payload)
        {
            try
            {
                var source = new UnmanagedMemoryStream(p, payload.Length);
                using Stream stream = algorithm == AlgorithmZlib ? new ZLibStream(source, CompressionMode.Decompress) : NativeCodecs.OpenZstd(source);
                int done = 0, n;
                while (done < into.Length && (n = stream.Read(into.Span[done..])) > 0)
                    done += n;
                return done == into.Length ? null : $"it ends after {done} bytes of {into.Length}";
            }
            catch (Exception e) when (e is InvalidDataException or MemToolsException)
            {
                return e.Message;
            }
        }
    }
}
