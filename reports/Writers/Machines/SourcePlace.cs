using System.Text;
using MemTools.Reports.Leaks;
using MemTools.Reports.Model;

namespace MemTools.Reports.Writers;

/// <summary>Where a leak's own frame lies, as machines want it.</summary>
/// <param name="Path">Relative below the source root, else as recorded; null when unknown.</param>
/// <param name="Line">1-based; 0 when unknown.</param>
/// <param name="Column">1-based; 0 when unknown.</param>
internal readonly record struct SourcePlace(string? Path, int Line, int Column)
{
    public static SourcePlace Of(LeakRecord leak, MachineReportOptions options) =>
        FrameOrigins.Innermost(leak.Stack) is { File: not null } frame
            ? Of(frame, options)
            : leak.Location is { } location ? Split(location, options) : default;

    public static SourcePlace Of(StackFrame frame, MachineReportOptions options) =>
        frame.File is null ? default : new SourcePlace(Relative(frame.File, options), frame.Line, frame.Column);

    /// <summary>True for a path that can be looked up in the repository.</summary>
    public bool IsRelative => Path is { Length: > 0 } && Path[0] != '/';

    /// <summary>A URI reference: relative ones stay relative, absolute ones become file URIs.</summary>
    public string Uri => Path is null ? "" : (IsRelative ? "" : "file://") + Escape(Path);

    private static SourcePlace Split(string location, MachineReportOptions options)
    {
        int colon = location.LastIndexOf(':');
        return colon > 0 && int.TryParse(location.AsSpan(colon + 1), out int line)
            ? new SourcePlace(Relative(location[..colon], options), line, 0)
            : new SourcePlace(Relative(location, options), 0, 0);
    }

    private static string Relative(string file, MachineReportOptions options)
    {
        string root = (options.SourceRoot ?? "").TrimEnd('/') + "/";
        if (options.SourceRoot is not null && file.StartsWith(root, StringComparison.Ordinal))
        {
            file = file[root.Length..];
        }

        return file.StartsWith("./", StringComparison.Ordinal) ? file[2..] : file;
    }

    private static string Escape(string path)
    {
        var escaped = new StringBuilder(path.Length);
        foreach (byte b in Encoding.UTF8.GetBytes(path))
        {
            if (char.IsAsciiLetterOrDigit((char)b) || "-._~/+@=,!$&'()*".Contains((char)b, StringComparison.Ordinal))
            {
                escaped.Append((char)b);
            }
            else
            {
                escaped.Append('%').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        return escaped.ToString();
    }
}
