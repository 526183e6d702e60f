using System.IO.Compression;
using MemTools.Reports.Errors;
using MemTools.Reports.Model;

namespace MemTools.Reports.Readers.Pprof;

/// <summary>Reads profile.proto (https://github.com/google/pprof/blob/main/proto/profile.proto), gzip-compressed or not.</summary>
public static class PprofReader
{
    /// <summary>Largest decompressed profile; what is bigger needs a tool of its own.</summary>
    public const int MaxBytes = 1 << 30;

    /// <summary>True for gzip data, and for bytes that are messages of a profile as far as they go.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> beginning) => IsGzip(beginning) || PprofShape.Matches(beginning);

    /// <summary>Reads the whole profile.</summary>
    /// <param name="input">The file.</param>
    /// <param name="name">Its name, for errors.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="MemToolsException">ProfileInvalid with the byte offset; ProfileTooLarge.</exception>
    public static Profile Read(Stream input, string name, CancellationToken cancellation)
    {
        ReadOnlySpan<byte> data = ReadAll(input, name, cancellation);
        try
        {
            return new PprofDecoder(cancellation).Decode(data);
        }
        catch (ProtoException fault)
        {
            throw Invalid(name, $"{fault.Message} (byte {fault.Offset})", fault);
        }
    }

    private static bool IsGzip(ReadOnlySpan<byte> bytes) => bytes.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]);

    private static ReadOnlySpan<byte> ReadAll(Stream input, string name, CancellationToken cancellation)
    {
        byte[] data = new byte[1 << 20];
        int length = 0;
        try
        {
            byte[] magic = new byte[2];
            int got = input.ReadAtLeast(magic, 2, throwOnEndOfStream: false);
            using Stream whole = new PrefixedStream(magic[..got], input);
            using Stream plain = IsGzip(magic) ? new GZipStream(whole, CompressionMode.Decompress) : whole;
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                int read = plain.Read(data, length, Math.Min(data.Length - length, 1 << 20));
                if (read == 0)
                    return data.AsSpan(0, length);
                length += read;
                if (length > MaxBytes)
                {
                    throw new MemToolsException(
                        "ProfileTooLarge", MemToolsErrorCategory.InvalidData, $"{name} expands to more than {MaxBytes >> 20} MiB.", name,
                        "Check that the file is a profile; split it by time or process if it is.");
                }

                if (length == data.Length)
                    Array.Resize(ref data, length * 2);
            }
        }
        catch (InvalidDataException error)
        {
            throw Invalid(name, $"its gzip data is damaged after {length} bytes of content: {error.Message}", error);
        }
    }

    private static MemToolsException Invalid(string name, string why, Exception inner) => new(
        "ProfileInvalid", MemToolsErrorCategory.InvalidData, $"{name} is not a readable profile.proto file: {why}.", name,
        "Make the profile again; a file that was cut while it was written cannot be read.", inner);
}
