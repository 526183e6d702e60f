using MemTools.Containers.Engine;
using MemTools.Reports.Errors;

namespace MemTools.Containers.Targets;

/// <summary>Tells from runc's words why a container would not start.</summary>
internal static class StartErrors
{
    /// <summary>Starts; on failure closes the stream and throws an error of ours.</summary>
    public static async Task GuardAsync(Func<Task> start, string program, HijackedStream? stream)
    {
        try
        {
            await start();
        }
        catch (Exception error)
        {
            if (stream is not null)
                await stream.DisposeAsync();
            if (error is MemToolsException known)
                throw Explain(known, program);
            throw;
        }
    }

    internal static MemToolsException Explain(MemToolsException error, string program)
    {
        string text = error.Message;
        bool Says(string words) => text.Contains(words, StringComparison.OrdinalIgnoreCase);
        if (error.ErrorId is "ContainerNoSpace" or "ContainerEngineLost" or "ContainerEngineUnreachable" or "ContainerNotFound")
            return error;
        if (Says("unable to find user") || Says("no matching entries in passwd") || Says("unable to find group"))
            return Make("ContainerUserNotFound", MemToolsErrorCategory.ObjectNotFound, "The image does not have the user.", "Name a user by number, for example -User 1000.");
        if (Says("exec format error"))
        {
            return Make(
                "ProgramFormatUnknown", MemToolsErrorCategory.InvalidData, $"'{program}' is no program for this engine's machine, or a script without a '#!' line.",
                "Use an image for the engine's architecture (-Platform), or name the script's interpreter.");
        }

        if (Says("executable file not found") || (Says("exec:") && Says("no such file or directory")))
        {
            return Make(
                "ProgramNotFound", MemToolsErrorCategory.ObjectNotFound, $"The image has no program '{program}', or not its interpreter or loader.",
                "Check the path in the image; a name without a slash is looked up in the image's PATH.");
        }

        if (Says("permission denied") && Says("exec:"))
        {
            return Make(
                "ProgramNotExecutable", MemToolsErrorCategory.PermissionDenied, $"'{program}' may not be executed by the container's user.",
                "Make it executable in the image, or use -User.");
        }

        if (Says("chdir to cwd") || Says("cwd"))
        {
            return Make(
                "WorkingDirectoryNotFound", MemToolsErrorCategory.ObjectNotFound, "The working directory cannot be entered in the container.",
                "Name a directory of the image.");
        }

        return Make("ContainerStartFailed", MemToolsErrorCategory.ResourceUnavailable, "The container could not be started.", "See the engine's words.");

        MemToolsException Make(string id, MemToolsErrorCategory category, string message, string action) =>
            new(id, category, $"{message} {error.Message}", program, action, error);
    }
}
