using MemTools.Reports.Model;

namespace MemTools.Reports.Graph;

/// <summary>The filters of a report applied to the profile itself, for views that write it whole (pprof's proto and raw).</summary>
public static class ProfileFilter
{
    /// <summary>The profile without the samples and frames that the filters take out; the same object where there are no filters. Allocator frames stay.</summary>
    /// <exception cref="Errors.MemToolsException">PatternInvalid.</exception>
    public static Profile Apply(Profile profile, ReportOptions options, CancellationToken cancellation)
    {
        if (!HasFilters(options))
            return profile;
        var filter = new FrameFilter(profile, options with { AllocatorFrames = true });
        var tags = new TagFilter(options);
        var parts = new LocationParts(profile);
        var samples = new List<Sample>();
        var visible = new List<LineRef>();
        for (int index = 0; index < profile.Samples.Count; index++)
        {
            if ((index & 0xFFF) == 0)
                cancellation.ThrowIfCancellationRequested();
            Sample sample = profile.Samples[index];
            if (!tags.Keeps(sample) || !filter.KeepsSample(sample))
                continue;
            filter.Visible(sample, visible);
            if (visible.Count > 0 || sample.Locations.Length == 0)
                samples.Add(new Sample { Locations = parts.Of(visible), Values = sample.Values, Labels = sample.Labels, NumericLabels = sample.NumericLabels });
        }

        return new Profile
        {
            SampleTypes = profile.SampleTypes, Samples = samples, Locations = parts.Locations, Mappings = profile.Mappings, Period = profile.Period, PeriodType = profile.PeriodType,
            DefaultSampleType = profile.DefaultSampleType, DropFrames = profile.DropFrames, KeepFrames = profile.KeepFrames, Time = profile.Time, Duration = profile.Duration,
            Comments = profile.Comments, Warnings = profile.Warnings,
        };
    }

    private static bool HasFilters(ReportOptions options) =>
        options.NoInlines || new[] { options.Focus, options.Ignore, options.Hide, options.Show, options.ShowFrom, options.PruneFrom, options.TagFocus, options.TagIgnore }.Any(one => !string.IsNullOrEmpty(one));

    /// <summary>Locations with the lines that are left of them, each once.</summary>
    private sealed class LocationParts(Profile profile)
    {
        private readonly Dictionary<(int Location, string Lines), int> numbers = [];

        public List<Location> Locations { get; } = [];

        public int[] Of(List<LineRef> visible)
        {
            var result = new List<int>();
            for (int index = 0; index < visible.Count;)
            {
                int end = index + 1;
                // A location that stands twice in a row starts again with an earlier line.
                while (end < visible.Count && visible[end].Location == visible[index].Location && visible[end].Line > visible[end - 1].Line)
                    end++;
                result.Add(Number(visible[index].Location, visible.GetRange(index, end - index)));
                index = end;
            }

            return [.. result];
        }

        private int Number(int location, List<LineRef> left)
        {
            (int, string) key = (location, string.Join(',', left.Select(line => line.Line)));
            if (!numbers.TryGetValue(key, out int number))
            {
                numbers.Add(key, number = Locations.Count);
                Location whole = profile.Locations[location];
                Locations.Add(left.Count == whole.Lines.Length || whole.Lines.Length == 0 ? whole : new Location
                {
                    Address = whole.Address, IsReturnAddress = whole.IsReturnAddress, MappingIndex = whole.MappingIndex, Lines = [.. left.Select(line => whole.Lines[line.Line])],
                });
            }

            return number;
        }
    }
}
