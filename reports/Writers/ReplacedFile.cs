using MemTools.Reports.Errors;

namespace MemTools.Reports.Writers;

/// <summary>Writes a file beside its place and moves it there, so that a failure or a stop leaves the old one as it was.</summary>
public static class ReplacedFile
{
    /// <summary>Writes; an existing file is an error unless it may be overwritten.</summary>
    public static void Write(string path, bool overwrite, Action<Stream> write)
    {
        if (!overwrite && File.Exists(path))
            throw new MemToolsException("FileExists", MemToolsErrorCategory.ResourceExists, $"The file '{path}' is there already.", path,
                "Choose another name, or leave -NoClobber out.");
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
                write(stream);
            File.Move(temporary, path, overwrite);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
