using System.Runtime.InteropServices;
using MemTools.Reports.Errors;
using Microsoft.Win32.SafeHandles;

namespace MemTools.Reports.Symbols.Elf;

/// <summary>
/// A file mapped read-only. Pages are read when touched and can be given back (<see cref="Release"/>), so a file of gigabytes
/// costs only what is looked at.
/// </summary>
/// <remarks>As with every reader that maps files, one that is cut short while it is open makes the kernel send SIGBUS.</remarks>
public sealed unsafe class MappedFile : IDisposable
{
    private const int ProtRead = 1;
    private const int MapPrivate = 2;
    private const int AdviseDontNeed = 4;
    private const int AdviseWillNeed = 3;

    private readonly NativeBuffer? memory;
    private byte* start;

    private MappedFile(string path, byte* start, long length, NativeBuffer? memory = null)
    {
        this.memory = memory;
        Path = path;
        this.start = start;
        Length = length;
    }

    /// <summary>The path it was opened by.</summary>
    public string Path { get; }

    /// <summary>Size in bytes.</summary>
    public long Length { get; }

    /// <summary>Maps a regular file.</summary>
    /// <exception cref="MemToolsException">FileNotReadable: it does not exist, is no regular file, or may not be read.</exception>
    public static MappedFile Open(string path)
    {
        try
        {
            using SafeFileHandle handle = File.OpenHandle(path);
            long length = RandomAccess.GetLength(handle);
            if (length == 0)
                return new MappedFile(path, null, 0);
            nint address = Map(0, (nuint)length, ProtRead, MapPrivate, (int)handle.DangerousGetHandle(), 0);
            if (address == -1)
                throw new IOException($"mmap of {path} failed (errno {Marshal.GetLastSystemError()})");
            return new MappedFile(path, (byte*)address, length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new MemToolsException(
                "FileNotReadable", MemToolsErrorCategory.ReadError, $"{path} cannot be read: {e.Message}", path,
                "Check that the path names a regular file and that you may read it.", e);
        }
    }

    /// <summary>Treats memory as a file; takes it over.</summary>
    internal static MappedFile FromMemory(string name, NativeBuffer memory) =>
        new(name, (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetReference(memory.Span)), memory.Length, memory);

    /// <summary>The bytes [offset, offset + length), or an empty span when they do not lie wholly in the file.</summary>
    public ReadOnlySpan<byte> Slice(ulong offset, ulong length)
    {
        ObjectDisposedException.ThrowIf(start is null && Length > 0, this);
        if (offset > (ulong)Length || length > (ulong)Length - offset || length > int.MaxValue)
            return default;
        return new ReadOnlySpan<byte>(start + offset, (int)length);
    }

    /// <summary>Tells the kernel that these bytes are not needed for now; they are read again when touched.</summary>
    public void Release(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || start is null || memory is not null)
            return;
        fixed (byte* p = bytes)
        {
            if (p >= start && p < start + Length)
                DropPages((nint)p, bytes.Length);
        }
    }

    /// <summary>Tells the kernel that these bytes will be needed soon.</summary>
    public void Prefetch(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || start is null || memory is not null)
            return;
        fixed (byte* p = bytes)
        {
            nint page = Environment.SystemPageSize;
            if (p >= start && p < start + Length && (((nint)p + bytes.Length) & -page) - ((nint)p & -page) is > 0 and nint length)
                _ = Advise((nint)p & -page, (nuint)length, AdviseWillNeed);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (start is null)
            return;
        if (memory is not null)
            memory.Dispose();
        else
            _ = Unmap((nint)start, (nuint)Length);
        start = null;
    }

    /// <summary>Gives back the whole pages of a stretch of memory: a file's are read again when touched, others are zeros then.</summary>
    internal static void DropPages(nint address, nint length)
    {
        nint page = Environment.SystemPageSize, from = (address + page - 1) & -page, to = (address + length) & -page;
        if (to > from)
            _ = Advise(from, (nuint)(to - from), AdviseDontNeed);
    }

    [DllImport("libc", EntryPoint = "mmap")]
    private static extern nint Map(nint address, nuint length, int protection, int flags, int descriptor, nint offset);

    [DllImport("libc", EntryPoint = "munmap")]
    private static extern int Unmap(nint address, nuint length);

    [DllImport("libc", EntryPoint = "madvise")]
    private static extern int Advise(nint address, nuint length, int advice);
}
