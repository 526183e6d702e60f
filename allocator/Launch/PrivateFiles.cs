using System.Runtime.InteropServices;
using MemTools.Allocators.Launch.Native;
using MemTools.Reports.Errors;

namespace MemTools.Allocators.Launch;

/// <summary>Files and folders that only their owner may read.</summary>
internal static class PrivateFiles
{
    private const uint Folder = 0x1C0; // 0700
    private const uint File = 0x180; // 0600

    /// <summary>Makes a folder (0700) and those above it.</summary>
    public static void CreateDirectory(string path)
    {
        if (Directory.Exists(path))
            return;
        if (Path.GetDirectoryName(path) is { Length: > 0 } parent)
            CreateDirectory(parent);
        if (Libc.mkdir(path, Folder) != 0 && Marshal.GetLastPInvokeError() != Libc.EEXIST)
            throw Failed("made", path, Marshal.GetLastPInvokeError());
    }

    /// <summary>Makes one folder (0700); false when it is already there.</summary>
    public static bool TryCreateNew(string path)
    {
        if (Libc.mkdir(path, Folder) == 0)
            return true;
        int error = Marshal.GetLastPInvokeError();
        return error == Libc.EEXIST ? false : throw Failed("made", path, error);
    }

    /// <summary>Opens a new or existing file (0600) for appending; every write goes to the kernel at once.</summary>
    public static FileStream OpenAppend(string path)
    {
        int fd = Libc.open(path, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_APPEND | Libc.O_CLOEXEC, File);
        return fd < 0
            ? throw Failed("opened", path, Marshal.GetLastPInvokeError())
            : new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(fd, ownsHandle: true), FileAccess.Write, bufferSize: 0);
    }

    /// <summary>
    /// Replaces a file (0600) as a whole: whoever reads it sees the old text or the new, also when several write and when the disk is full.
    /// </summary>
    public static void WriteAtomically(string path, ReadOnlySpan<byte> bytes)
    {
        string temporary = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{path}.{Environment.ProcessId}.{Environment.TickCount64:x}.new");
        try
        {
            using (FileStream stream = OpenAppend(temporary))
                stream.Write(bytes);
            System.IO.File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _ = Libc.unlink(temporary);
            throw new MemToolsException(
                "RunStoreNotWritable", MemToolsErrorCategory.WriteError, $"The run's record '{path}' cannot be written: {e.Message}", path,
                "Check that the disk is not full and that the folder is still there and yours; XDG_STATE_HOME names another place.", e);
        }
    }

    private static MemToolsException Failed(string verb, string path, int error) => new(
        "RunStoreNotWritable", MemToolsErrorCategory.WriteError, $"'{path}' cannot be {verb}: {Marshal.GetPInvokeErrorMessage(error)}.", path,
        "Check that the disk is not full and that the folder is still there and yours; XDG_STATE_HOME names another place.");
}
