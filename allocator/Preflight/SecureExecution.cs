using MemTools.Allocators.Launch.Native;

namespace MemTools.Allocators.Preflight;

/// <summary>Programs that gain rights by being executed: the loader then drops LD_PRELOAD (AT_SECURE; man 8 ld.so).</summary>
internal static unsafe class SecureExecution
{
    private const int SetUserId = 0x800;
    private const int SetGroupId = 0x400;
    private const int GroupExecute = 0x8;

    public static void Check(PreflightContext context, string path, string localPath)
    {
        // Copies of a remote target's files do not keep these bits.
        if (!context.Preloads && context.Engine is null || context.Target is not LocalTarget || FileStatus.Read(localPath) is not { } status)
            return;
        string? why = null;
        string id = "SetuidProgram";
        if ((status.Mode & SetUserId) != 0 && status.UserId != Libc.geteuid())
            why = "is setuid";
        else if ((status.Mode & (SetGroupId | GroupExecute)) == (SetGroupId | GroupExecute) && status.GroupId != Libc.getegid())
            why = "is setgid";
        else if (!context.Target.IsRoot && HasCapabilities(localPath))
            (why, id) = ("has file capabilities", "FileCapabilities");
        if (why is null)
            return;
        context.Block(
            id, path, $"'{path}' {why}: the loader drops LD_PRELOAD for programs that gain rights.",
            $"it would run as always and say nothing; {context.Purpose} would not have happened",
            "Run a copy without these bits (cp keeps neither setuid nor capabilities), or run it as the user whose rights it gains.");
    }

    private static bool HasCapabilities(string path) => Libc.getxattr(path, "security.capability", null, 0) > 0;
}
