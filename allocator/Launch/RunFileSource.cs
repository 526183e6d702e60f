using MemTools.Reports;

namespace MemTools.Allocators.Launch;

/// <summary>Where the programs and libraries of a run are found when its reports are symbolized.</summary>
public static class RunFileSource
{
    /// <summary>
    /// Folder below a run's folder with the modules of a program that ran elsewhere, at the paths they had there. It belongs to the run: what this machine has at
    /// those paths is something else.
    /// </summary>
    public const string FolderName = "sysroot";

    /// <summary>This machine's files for a local run, the run's own copies for others.</summary>
    public static IFileSource Of(AllocatorRun run) =>
        run.Target == LocalTarget.Instance.Name || run.RunPath is null ? new LocalFileSource() : new LocalFileSource(Path.Combine(run.RunPath, FolderName));
}
