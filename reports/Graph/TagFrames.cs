using System.Globalization;
using MemTools.Reports.Model;

namespace MemTools.Reports.Graph;

/// <summary>pprof's tagroot and tagleaf: values of labels as frames outside or inside of a stack.</summary>
internal sealed class TagFrames(ReportOptions options, NodeTable names)
{
    private readonly string[] roots = Keys(options.TagRoot);
    private readonly string[] leaves = Keys(options.TagLeaf);

    /// <summary>Frames inside of the stack: the last label named is the innermost.</summary>
    public void AppendLeaves(Sample sample, FrameList frames)
    {
        for (int index = leaves.Length - 1; index >= 0; index--)
            Append(sample, leaves[index], frames);
    }

    /// <summary>Frames outside of the stack: the first label named is the outermost.</summary>
    public void AppendRoots(Sample sample, FrameList frames)
    {
        for (int index = roots.Length - 1; index >= 0; index--)
            Append(sample, roots[index], frames);
    }

    private void Append(Sample sample, string key, FrameList frames)
    {
        string value = sample.Labels is { } texts && texts.TryGetValue(key, out string? text) ? text
            : sample.NumericLabels is { } numbers && numbers.TryGetValue(key, out long number) ? number.ToString(CultureInfo.InvariantCulture) : "";
        if (value.Length > 0)
            frames.Add(names.FrameOf(value));
    }

    private static string[] Keys(string? list) => (list ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
