using System.Buffers;
using System.Text;
using MemTools.Reports.Errors;

namespace MemTools.Containers.Files;

/// <summary>
/// Reads a tar stream forward: ustar with prefix, pax headers (path, linkpath, size), GNU long names and base-256 numbers. Written for streams
/// from containers, which nobody vouches for: metadata is limited, numbers are checked, contents are never held in memory.
/// </summary>
/// <remarks>POSIX.1-2017 pax, "ustar Interchange Format" and "pax Header Block"; GNU tar manual, "Basic Tar Format".</remarks>
public sealed class TarStreamReader(Stream stream, string origin)
{
    private const int BlockBytes = 512;

    /// <summary>Longest pax header or GNU long name; PATH_MAX is 4096.</summary>
    private const int MaxMetadataBytes = 64 * 1024;

    private readonly byte[] block = new byte[BlockBytes];
    private long contentLeft;
    private long padding;

    /// <summary>The next entry; null at the end. What was not read of the entry before is passed over.</summary>
    /// <exception cref="MemToolsException">ArchiveInvalid; ContainerEngineLost when the stream breaks off.</exception>
    public async Task<TarEntry?> NextAsync(CancellationToken cancellation)
    {
        await SkipAsync(contentLeft + padding, cancellation);
        contentLeft = padding = 0;
        string? name = null;
        string? link = null;
        long? size = null;
        while (true)
        {
            if (!await ReadBlockAsync(cancellation) || IsZero(block))
                return null;
            CheckSum();
            long here = Number(124, 12);
            if (here < 0)
                throw Invalid("a negative size");
            char type = (char)block[156];
            switch (type)
            {
                case 'x':
                    foreach ((string key, string value) in Records(await MetadataAsync(here, cancellation)))
                    {
                        switch (key)
                        {
                            case "path":
                                name = value;
                                break;
                            case "linkpath":
                                link = value;
                                break;
                            case "size":
                                size = long.TryParse(value, out long big) && big >= 0 ? big : throw Invalid("a bad size");
                                break;
                        }
                    }

                    continue;
                case 'g':
                    await MetadataAsync(here, cancellation);
                    continue;
                case 'L':
                    name = Text(await MetadataAsync(here, cancellation));
                    continue;
                case 'K':
                    link = Text(await MetadataAsync(here, cancellation));
                    continue;
            }

            TarKind kind = type switch
            {
                '0' or '\0' or '7' => TarKind.File,
                '1' => TarKind.HardLink,
                '2' => TarKind.SymbolicLink,
                '5' => TarKind.Directory,
                _ => TarKind.Other,
            };
            long content = kind is TarKind.File or TarKind.Other ? size ?? here : 0;
            contentLeft = content;
            padding = (BlockBytes - content % BlockBytes) % BlockBytes;
            name ??= HeaderName();
            // Old tars mark directories by a slash only.
            if (kind == TarKind.File && name.EndsWith('/'))
                kind = TarKind.Directory;
            return new TarEntry(
                name, kind, kind == TarKind.File ? content : 0, (int)(Number(100, 8) & 0xFFF), link ?? Text(block.AsSpan(157, 100)),
                DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(Number(136, 12), 0, 253402300799)));
        }
    }

    /// <summary>Reads content of the current entry; 0 at its end.</summary>
    public async ValueTask<int> ReadContentAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        int wanted = (int)Math.Min(buffer.Length, contentLeft);
        if (wanted == 0)
            return 0;
        int read = await ReadAsync(buffer[..wanted], cancellation);
        if (read == 0)
            throw Cut();
        contentLeft -= read;
        return read;
    }

    private string HeaderName()
    {
        string name = Text(block.AsSpan(0, 100));
        bool isUstar = block.AsSpan(257, 5).SequenceEqual("ustar"u8) && block[262] == 0;
        string prefix = isUstar ? Text(block.AsSpan(345, 155)) : "";
        return prefix.Length > 0 ? prefix + "/" + name : name;
    }

    private async Task<byte[]> MetadataAsync(long size, CancellationToken cancellation)
    {
        if (size > MaxMetadataBytes)
            throw Invalid($"a header of {size} bytes");
        byte[] data = new byte[size];
        for (int done = 0; done < data.Length;)
        {
            int read = await ReadAsync(data.AsMemory(done), cancellation);
            if (read == 0)
                throw Cut();
            done += read;
        }

        await SkipAsync((BlockBytes - size % BlockBytes) % BlockBytes, cancellation);
        return data;
    }

    /// <summary>pax records: <c>"%d %s=%s\n", length, keyword, value</c>.</summary>
    private List<(string Key, string Value)> Records(byte[] data)
    {
        var records = new List<(string, string)>();
        ReadOnlySpan<byte> rest = data;
        while (!rest.IsEmpty)
        {
            int blank = rest.IndexOf((byte)' ');
            if (blank <= 0 || !int.TryParse(rest[..blank], out int length) || length <= blank + 1 || length > rest.Length || rest[length - 1] != '\n')
                throw Invalid("a bad pax record");
            ReadOnlySpan<byte> record = rest[(blank + 1)..(length - 1)];
            int equals = record.IndexOf((byte)'=');
            if (equals <= 0)
                throw Invalid("a bad pax record");
            records.Add((Encoding.UTF8.GetString(record[..equals]), Encoding.UTF8.GetString(record[(equals + 1)..])));
            rest = rest[length..];
        }

        return records;
    }

    private static string Text(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
    }

    /// <summary>Octal digits, or base-256 when the first bit is set.</summary>
    private long Number(int offset, int length)
    {
        ReadOnlySpan<byte> field = block.AsSpan(offset, length);
        long value = 0;
        if ((field[0] & 0x80) != 0)
        {
            if (field[0] == 0xFF)
                throw Invalid("a negative number");
            foreach (byte b in field[^8..])
                value = (value << 8) | b;
            return length > 8 && (field[0] & 0x7F) == 0 && field[1..^8].IndexOfAnyExcept((byte)0) < 0 && value >= 0 ? value : throw Invalid("a number too large");
        }

        foreach (byte b in field)
        {
            if (b is (byte)' ' or 0)
            {
                if (value == 0)
                    continue;
                break;
            }

            if (b is < (byte)'0' or > (byte)'7')
                throw Invalid("a number that is not octal");
            value = (value << 3) | (uint)(b - '0');
        }

        return value;
    }

    private void CheckSum()
    {
        long sum = 0;
        for (int i = 0; i < BlockBytes; i++)
            sum += i is >= 148 and < 156 ? ' ' : block[i];
        if (sum != Number(148, 8))
            throw Invalid("a header with a wrong checksum");
    }

    private static bool IsZero(byte[] data) => data.AsSpan().IndexOfAnyExcept((byte)0) < 0;

    /// <summary>False at the end of the stream, which some writers do not mark by zero blocks.</summary>
    private async Task<bool> ReadBlockAsync(CancellationToken cancellation)
    {
        for (int done = 0; done < BlockBytes;)
        {
            int read = await ReadAsync(block.AsMemory(done), cancellation);
            if (read == 0)
                return done == 0 ? false : throw Cut();
            done += read;
        }

        return true;
    }

    private async Task SkipAsync(long bytes, CancellationToken cancellation)
    {
        if (bytes == 0)
            return;
        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(bytes, 128 * 1024));
        try
        {
            while (bytes > 0)
            {
                int read = await ReadAsync(buffer.AsMemory(0, (int)Math.Min(bytes, buffer.Length)), cancellation);
                if (read == 0)
                    throw Cut();
                bytes -= read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        try
        {
            return await stream.ReadAsync(buffer, cancellation);
        }
        catch (IOException error)
        {
            throw new MemToolsException(
                "ContainerEngineLost", MemToolsErrorCategory.ConnectionError, $"The container engine went away while {origin} was read: {error.Message}", origin,
                "See whether the engine still runs, then try again.", error);
        }
    }

    private MemToolsException Cut() => Invalid("an end in the middle of an entry");

    private MemToolsException Invalid(string why) => new(
        "ArchiveInvalid", MemToolsErrorCategory.InvalidData, $"The archive of {origin} cannot be read: it has {why}.", origin,
        "Do not trust this container or engine; look at what stands in between.");
}
