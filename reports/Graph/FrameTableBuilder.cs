using MemTools.Reports.Compare;
using MemTools.Reports.Errors;
using MemTools.Reports.Model;

namespace MemTools.Reports.Graph;

/// <summary>Applies filters and granularity to a profile.</summary>
public static class FrameTableBuilder
{
    private const int CancellationStride = 4096;

    /// <summary>Builds the table.</summary>
    /// <exception cref="MemToolsException">SampleTypeUnknown, PatternInvalid.</exception>
    public static FrameTable Build(Profile profile, ReportOptions options, CancellationToken cancellation)
    {
        int column = SampleTypes.Find(profile, options.SampleType);
        var filter = new FrameFilter(profile, options);
        var tags = new TagFilter(options);
        var names = new NodeTable(profile, options);
        var translated = new LocationFrames(profile.Locations.Count, filter, names);
        var frames = new FrameList(profile.Samples.Count * 16);
        var starts = new List<int>(profile.Samples.Count + 1) { 0 };
        var tagFrames = new TagFrames(options, names);
        var values = new List<long>(profile.Samples.Count);
        var sources = new List<Sample>(profile.Samples.Count);
        long total = 0;
        long profileTotal = 0;
        long baseTotal = 0;
        bool isMean = options.Mean && column > 0;
        (long counts, long profileCounts, long baseCounts) = (0, 0, 0);
        var visible = new List<LineRef>();
        for (int index = 0; index < profile.Samples.Count; index++)
        {
            if (index % CancellationStride == 0)
                cancellation.ThrowIfCancellationRequested();
            Sample sample = profile.Samples[index];
            long value = Scale(sample.Values[column], options.DivideBy);
            long count = isMean ? sample.Values[0] : 0;
            profileTotal = Magnitude.Add(profileTotal, value);
            profileCounts += count;
            if (sample.Labels?.ContainsKey(ProfileMath.DiffBaseLabel) == true)
            {
                baseTotal = Magnitude.Add(baseTotal, value);
                baseCounts += count;
            }

            if (value == 0 || !tags.Keeps(sample) || !filter.KeepsSample(sample))
                continue;

            tagFrames.AppendLeaves(sample, frames);
            int before = frames.Count;
            if (filter.IsPositional)
            {
                filter.Visible(sample, visible);
                foreach (LineRef line in visible)
                    frames.Add(names.FrameOf(line));
            }
            else
            {
                int[] locations = sample.Locations;
                for (int at = filter.FirstOwnFrame(locations); at < locations.Length; at++)
                    frames.Append(translated.Of(locations[at]));
            }

            if (frames.Count == before && sample.Locations.Length > 0)
            {
                frames.Truncate(starts[^1]); // every frame was hidden
                continue;
            }

            if (frames.Count > before)
                frames.Last &= ~FrameTable.InlinedBit; // nothing is left that it could be inlined into
            tagFrames.AppendRoots(sample, frames);
            starts.Add(frames.Count);
            values.Add(value);
            sources.Add(sample);
            total = Magnitude.Add(total, value);
            counts += count;
        }

        return new FrameTable([.. names.Nodes], frames.Items, [.. starts], [.. values], [.. sources], isMean, ObjectsColumn(profile, column), profile.SampleTypes[column],
            ReportGraph.Mean(total, counts), baseTotal > 0 ? ReportGraph.Mean(baseTotal, baseCounts) : ReportGraph.Mean(profileTotal, profileCounts));
    }

    /// <summary>The column of objects beside one of bytes: same prefix (inuse_, alloc_), unit count.</summary>
    private static int ObjectsColumn(Profile profile, int column)
    {
        string type = profile.SampleTypes[column].Type;
        string wanted = type.Replace("space", "objects", StringComparison.Ordinal);
        if (wanted == type)
            return -1; // counts are objects themselves; other units have none
        for (int index = 0; index < profile.SampleTypes.Count; index++)
        {
            if (profile.SampleTypes[index].Type == wanted && profile.SampleTypes[index].Unit == "count")
                return index;
        }

        return -1;
    }

    private static long Scale(long value, double divideBy) =>
        divideBy == 1 ? value : (long)Math.Round(value / divideBy, MidpointRounding.ToEven);
}

/// <summary>One line of one location; <c>Line</c> is -1 for a location without names.</summary>
/// <param name="Location">Index into the profile's locations.</param>
/// <param name="Line">Index into its lines.</param>
internal readonly record struct LineRef(int Location, int Line);
