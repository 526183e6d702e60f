using MemTools.Reports.Model;

namespace MemTools.Reports.Writers.Views;

/// <summary>Writes a view to a file so that an interrupted report leaves no half-written one.</summary>
public static class ReportFile
{
    /// <summary>Writes beside the target and moves into place.</summary>
    public static async Task WriteAsync(Profile profile, ReportRequest request, string path, CancellationToken cancellation)
    {
        string partial = $"{path}.{Environment.ProcessId}.part";
        try
        {
            await using (FileStream stream = File.Create(partial))
                await ReportGenerator.WriteAsync(profile, request, stream, new LocalFileSource(), cancellation);
            File.Move(partial, path, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }
}
