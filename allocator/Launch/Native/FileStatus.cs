namespace MemTools.Allocators.Launch.Native;

/// <summary>Owner and mode of a file, by statx(2), whose structure is the same everywhere.</summary>
internal readonly record struct FileStatus(int Mode, uint UserId, uint GroupId)
{
    private const int CurrentDirectory = -100;
    private const uint BasicStats = 0x7ff;

    /// <summary>Null when it cannot be looked at.</summary>
    public static unsafe FileStatus? Read(string path)
    {
        byte* buffer = stackalloc byte[256];
        if (Libc.statx(CurrentDirectory, path, 0, BasicStats, buffer) != 0)
            return null;
        // stx_mask, stx_blksize, stx_attributes (8), stx_nlink, stx_uid, stx_gid, stx_mode (16 bits)
        return new FileStatus(*(ushort*)(buffer + 28), *(uint*)(buffer + 20), *(uint*)(buffer + 24));
    }
}
