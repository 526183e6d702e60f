using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

[assembly: System.Runtime.CompilerServices.DisableRuntimeMarshalling]

namespace MemTools.Containers.Files;

/// <summary>What an entry of a folder is.</summary>
internal enum EntryKind
{
    /// <summary>A link, a pipe, a device, a socket, or nothing any more.</summary>
    Other,
    File,
    Directory,
}

/// <summary>Looks at and opens files in folders that others write to: links are never followed, pipes never waited for, devices never read.</summary>
internal static unsafe partial class PlainFile
{
    private const int CurrentDirectory = -100; // AT_FDCWD
    private const int NoFollow = 0x100; // AT_SYMLINK_NOFOLLOW
    private const int OfHandle = 0x1000; // AT_EMPTY_PATH
    private const uint TypeOnly = 1; // STATX_TYPE
    private const int NonBlocking = 0x800, CloseOnExec = 0x80000; // O_NONBLOCK, O_CLOEXEC
    private const int PermissionDenied = 13, NotPermitted = 1;

    // O_NOFOLLOW is one of the few flags whose value depends on the architecture (asm/fcntl.h).
    private static readonly int NoLink = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x8000 : 0x20000;

    /// <summary>The kind of what is at a path.</summary>
    public static EntryKind KindOf(string path) => Kind(CurrentDirectory, path, NoFollow);

    /// <summary>Opens a plain file; null when it is something else or gone.</summary>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static SafeFileHandle? TryOpen(string path)
    {
        int descriptor = open(path, NoLink | NonBlocking | CloseOnExec, 0);
        if (descriptor < 0)
        {
            return Marshal.GetLastPInvokeError() is PermissionDenied or NotPermitted
                ? throw new UnauthorizedAccessException($"{path} may not be read.") : null;
        }

        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (Kind(descriptor, "", OfHandle) == EntryKind.File)
            return handle;
        handle.Dispose();
        return null;
    }

    // stx_mode is the 16 bits at 28: mask, blksize, attributes (8), nlink, uid, gid come before it, on every architecture.
    private static EntryKind Kind(int directory, string path, int flags)
    {
        byte* buffer = stackalloc byte[256];
        if (statx(directory, path, flags, TypeOnly, buffer) != 0)
            return EntryKind.Other;
        return (*(ushort*)(buffer + 28) & 0xF000) switch
        {
            0x8000 => EntryKind.File,
            0x4000 => EntryKind.Directory,
            _ => EntryKind.Other,
        };
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, void* buffer);
}
