using MemTools.Reports.Readers;

namespace MemTools.Reports.Leaks;

/// <summary>A file to read.</summary>
/// <param name="Path">Its path.</param>
/// <param name="IsNamed">True when the caller named the file itself, false when it was found in a folder.</param>
internal readonly record struct ReportFile(string Path, bool IsNamed)
{
    /// <summary>The folder the file lies in.</summary>
    public string Folder => System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path)) ?? "/";
}

/// <summary>Turns the caller's paths into files and opens them with the errors that a person understands.</summary>
internal static class ReportFiles
{
    /// <summary>Files as named; for a folder its files in name order, not those of folders below.</summary>
    public static List<ReportFile> Expand(IReadOnlyList<string> paths)
    {
        var files = new List<ReportFile>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string path in paths)
        {
            if (Directory.Exists(path))
            {
                foreach (string file in List(path))
                {
                    if (seen.Add(Path.GetFullPath(file)))
                    {
                        files.Add(new ReportFile(file, false));
                    }
                }
            }
            else if (!File.Exists(path))
            {
                throw ReportErrors.NotFound(path);
            }
            else if (seen.Add(Path.GetFullPath(path)))
            {
                files.Add(new ReportFile(path, true));
            }
        }

        return files;
    }

    /// <summary>Opens for reading while another process may still write.</summary>
    public static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.SequentialScan);
        }
        catch (FileNotFoundException)
        {
            throw ReportErrors.NotFound(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ReportErrors.Unreadable(path, e);
        }
    }

    private static string[] List(string folder)
    {
        try
        {
            // Links to pipes or devices would block; only regular files hold reports.
            string[] files = [.. Directory.EnumerateFiles(folder).Where(IsRegular)];
            Array.Sort(files, StringComparer.Ordinal);
            return files;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ReportErrors.Unreadable(folder, e);
        }
    }

    private static bool IsRegular(string path)
    {
        FileAttributes attributes = File.GetAttributes(path);
        return (attributes & (FileAttributes.Device | FileAttributes.Directory)) == 0;
    }
}
