using System.Text.RegularExpressions;
using MemTools.Reports.Model;

namespace MemTools.Reports.Graph;

/// <summary>
/// pprof's focus, ignore, hide, show, show_from and prune_from, and the folding of allocator frames. Each pattern is tried once per
/// distinct line, against the function's name, its file and the module's path.
/// </summary>
internal sealed class FrameFilter
{
    private readonly Profile profile;
    private readonly bool noInlines;
    private readonly bool foldAllocator;
    private readonly Regex? focus;
    private readonly Regex? ignore;
    private readonly Regex? hide;
    private readonly Regex? show;
    private readonly Regex? showFrom;
    private readonly Regex? pruneFrom;
    private readonly Dictionary<Regex, bool?[]> locationMatches = [];
    private readonly Dictionary<(Regex, Function, int), bool> lineMatches = [];
    private readonly bool?[] allocatorLocations;

    /// <summary>For each location the innermost line that is not the allocator's, plus 1; 0 while not looked at.</summary>
    private readonly int[] ownLines;
    private readonly DroppedFrames? dropped;

    public FrameFilter(Profile profile, ReportOptions options)
    {
        this.profile = profile;
        noInlines = options.NoInlines;
        foldAllocator = !options.AllocatorFrames;
        focus = Pattern.Compile(options.Focus, "focus");
        ignore = Pattern.Compile(options.Ignore, "ignore");
        hide = Pattern.Compile(options.Hide, "hide");
        show = Pattern.Compile(options.Show, "show");
        showFrom = Pattern.Compile(options.ShowFrom, "show_from");
        pruneFrom = Pattern.Compile(options.PruneFrom, "prune_from");
        allocatorLocations = new bool?[profile.Locations.Count];
        ownLines = new int[profile.Locations.Count];
        dropped = foldAllocator ? DroppedFrames.Of(profile) : null;
    }

    /// <summary>True when what is visible of a location depends on the stack it stands in.</summary>
    public bool IsPositional => showFrom is not null || pruneFrom is not null;

    public bool KeepsSample(Sample sample) =>
        (focus is null || AnyMatch(sample, focus)) && (ignore is null || !AnyMatch(sample, ignore));

    /// <summary>Lines of a location that hide and show leave, innermost first.</summary>
    public void VisibleLines(int location, List<LineRef> result)
    {
        Line[] lines = profile.Locations[location].Lines;
        if (lines.Length == 0)
        {
            if ((hide is null || !LineMatches(hide, location, -1)) && (show is null || LineMatches(show, location, -1)))
                result.Add(new LineRef(location, -1));
            return;
        }

        for (int index = noInlines ? lines.Length - 1 : FirstLine(location, lines); index < lines.Length; index++)
        {
            if (hide is not null && LineMatches(hide, location, index))
                continue;
            if (show is not null && !LineMatches(show, location, index))
                continue;
            result.Add(new LineRef(location, index));
        }
    }

    /// <summary>The innermost line that folding leaves.</summary>
    private int FirstLine(int location, Line[] lines)
    {
        if (!foldAllocator || lines.Length == 1)
            return 0;
        if (ownLines[location] == 0)
            ownLines[location] = Math.Max(AllocatorFrames.FirstOwnLine(profile, location), dropped?.FirstLine(location) ?? 0) + 1;
        return ownLines[location] - 1;
    }

    /// <summary>All visible lines of a sample, leaf first.</summary>
    public void Visible(Sample sample, List<LineRef> result)
    {
        result.Clear();
        int[] locations = sample.Locations;
        for (int index = FirstOwnFrame(locations); index < locations.Length; index++)
            VisibleLines(locations[index], result);
        if (showFrom is not null)
        {
            int outermost = result.FindLastIndex(line => LineMatches(showFrom, line.Location, line.Line));
            result.RemoveRange(outermost + 1, result.Count - outermost - 1);
        }

        if (pruneFrom is not null)
        {
            int innermost = result.FindIndex(line => LineMatches(pruneFrom, line.Location, line.Line));
            if (innermost > 0)
                result.RemoveRange(0, innermost);
        }
    }

    /// <summary>Index of the first frame that is not the allocator's; 0 when all are.</summary>
    public int FirstOwnFrame(int[] locations)
    {
        if (!foldAllocator)
            return 0;
        int index = dropped?.FirstFrame(locations) ?? 0;
        while (index < locations.Length && (allocatorLocations[locations[index]] ??= AllocatorFrames.Holds(profile, locations[index])))
            index++;
        return index == locations.Length ? dropped?.FirstFrame(locations) ?? 0 : index;
    }

    private bool AnyMatch(Sample sample, Regex regex)
    {
        if (!locationMatches.TryGetValue(regex, out bool?[]? known))
            locationMatches[regex] = known = new bool?[profile.Locations.Count];
        foreach (int location in sample.Locations)
        {
            if (known[location] ??= LocationMatches(regex, location))
                return true;
        }

        return false;
    }

    private bool LocationMatches(Regex regex, int location)
    {
        int count = profile.Locations[location].Lines.Length;
        for (int line = 0; line < count; line++)
        {
            if (LineMatches(regex, location, line))
                return true;
        }

        return LineMatches(regex, location, -1);
    }

    private bool LineMatches(Regex regex, int location, int line)
    {
        Location at = profile.Locations[location];
        if (line < 0)
            return at.MappingIndex >= 0 && regex.IsMatch(profile.Mappings[at.MappingIndex].Path);
        Function function = at.Lines[line].Function;
        (Regex, Function, int) key = (regex, function, at.MappingIndex);
        if (!lineMatches.TryGetValue(key, out bool match))
        {
            match = regex.IsMatch(function.Name) || regex.IsMatch(function.FileName)
                || (at.MappingIndex >= 0 && regex.IsMatch(profile.Mappings[at.MappingIndex].Path));
            lineMatches[key] = match;
        }

        return match;
    }
}
