using MemTools.Reports.Errors;
using MemTools.Reports.Model;

namespace MemTools.Reports.Compare;

/// <summary>Sums and differences of profiles: pprof's merge, <c>base</c>, <c>diff_base</c> and <c>normalize</c>.</summary>
public static class ProfileMath
{
    /// <summary>Label that marks the subtracted side, as pprof's.</summary>
    public const string DiffBaseLabel = "pprof::base";

    /// <summary>Adds profiles of the same sample types; equal stacks become one sample.</summary>
    /// <exception cref="MemToolsException">ProfilesDiffer.</exception>
    public static Profile Merge(IReadOnlyList<Profile> profiles, CancellationToken cancellation)
    {
        var sum = new Sum(profiles[0]);
        foreach (Profile profile in profiles)
            sum.Add(profile, null, 1, null, cancellation);
        return sum.Result();
    }

    /// <summary>What grew (positive) and shrank (negative) since <paramref name="before"/>.</summary>
    /// <param name="after">The newer profile.</param>
    /// <param name="before">The base.</param>
    /// <param name="normalize">Scales the newer one to the base's totals first, each column by itself.</param>
    /// <param name="keepSides">
    /// True keeps the base as negative samples of their own (diff_base: percentages are of the base); false merges (base: what is
    /// equal goes away).
    /// </param>
    /// <param name="cancellation">Stops the work.</param>
    public static Profile Subtract(Profile after, Profile before, bool normalize, bool keepSides, CancellationToken cancellation)
    {
        var sum = new Sum(after);
        sum.Add(after, normalize ? Ratios(before, after) : null, 1, null, cancellation);
        sum.Add(before, null, -1, keepSides ? DiffBaseLabel : null, cancellation);
        return sum.Result();
    }

    /// <summary>Takes out stacks that shrank.</summary>
    public static void DropNegative(Profile difference) => difference.Samples.RemoveAll(sample => Array.Exists(sample.Values, value => value < 0));

    private static double[] Ratios(Profile before, Profile after) =>
        [.. after.SampleTypes.Select((_, column) => after.Samples.Sum(sample => (double)sample.Values[column]) is not 0 and var newer ? before.Samples.Sum(sample => (double)sample.Values[column]) / newer : 0)];

    private sealed class Sum(Profile like)
    {
        private readonly List<Mapping> mappings = [];
        private readonly List<Location> locations = [];
        private readonly Dictionary<(ulong Start, ulong Offset, string Path), int> mappingIds = [];
        private readonly Dictionary<(ulong Address, int Mapping, string Names), int> locationIds = [];
        private readonly Dictionary<StackKey, Sample> samples = [];
        private readonly List<string> warnings = [];

        public void Add(Profile profile, double[]? ratios, int sign, string? side, CancellationToken cancellation)
        {
            if (!profile.SampleTypes.SequenceEqual(like.SampleTypes))
            {
                throw new MemToolsException(
                    "ProfilesDiffer", MemToolsErrorCategory.InvalidArgument,
                    $"Profiles with the sample types {Types(like)} and {Types(profile)} cannot be added or compared.", null,
                    "Give profiles of the same program, allocator and kind.");
            }

            int[] mapped = [.. profile.Mappings.Select(Map)];
            int[] located = [.. profile.Locations.Select(location => Locate(location, location.MappingIndex < 0 ? -1 : mapped[location.MappingIndex]))];
            for (int index = 0; index < profile.Samples.Count; index++)
            {
                if ((index & 0xFFF) == 0)
                    cancellation.ThrowIfCancellationRequested();
                Put(profile.Samples[index], located, ratios, sign, side);
            }

            warnings.AddRange(profile.Warnings.Where(warning => !warnings.Contains(warning)));
        }

        public Profile Result() => new()
        {
            SampleTypes = like.SampleTypes,
            Samples = [.. samples.Values.Where(sample => Array.Exists(sample.Values, value => value != 0))],
            Locations = locations,
            Mappings = mappings,
            Period = like.Period,
            PeriodType = like.PeriodType,
            DefaultSampleType = like.DefaultSampleType,
            DropFrames = like.DropFrames,
            KeepFrames = like.KeepFrames,
            Time = like.Time,
            Duration = like.Duration,
            Comments = like.Comments,
            Warnings = warnings,
        };

        private static string Types(Profile profile) => string.Join(", ", profile.SampleTypes.Select(type => type.Type));

        private int Map(Mapping mapping)
        {
            (ulong, ulong, string) key = (mapping.Start, mapping.FileOffset, mapping.Path);
            if (!mappingIds.TryGetValue(key, out int id))
            {
                id = mappings.Count;
                mappings.Add(mapping);
                mappingIds.Add(key, id);
            }

            return id;
        }

        /// <summary>Named locations are compared by name and line, so that two runs of one program meet although it was loaded elsewhere.</summary>
        private int Locate(Location location, int mapping)
        {
            string names = string.Join('\n', location.Lines.Select(line => $"{line.Function.SystemName}\t{line.FileName}:{line.LineNumber}"));
            (ulong, int, string) key = names.Length > 0 ? (0UL, -1, names)
                : mapping >= 0 ? (location.Address - mappings[mapping].Start + mappings[mapping].FileOffset, -2, mappings[mapping].Path) : (location.Address, -1, "");
            if (!locationIds.TryGetValue(key, out int id))
            {
                id = locations.Count;
                locations.Add(new Location { Address = location.Address, IsReturnAddress = location.IsReturnAddress, MappingIndex = mapping, Lines = location.Lines });
                locationIds.Add(key, id);
            }

            return id;
        }

        private void Put(Sample sample, int[] located, double[]? ratios, int sign, string? side)
        {
            int[] stack = Array.ConvertAll(sample.Locations, location => located[location]);
            string labels = side + string.Concat((sample.Labels ?? new Dictionary<string, string>()).Select(label => $"\0{label.Key}={label.Value}"))
                + string.Concat((sample.NumericLabels ?? new Dictionary<string, long>()).Select(label => $"\0{label.Key}={label.Value}"));
            var key = new StackKey(stack, labels);
            if (!samples.TryGetValue(key, out Sample? total))
            {
                IReadOnlyDictionary<string, string>? text = side is null ? sample.Labels
                    : new Dictionary<string, string>(sample.Labels ?? new Dictionary<string, string>()) { [side] = "true" };
                total = new Sample { Locations = stack, Values = new long[sample.Values.Length], Labels = text, NumericLabels = sample.NumericLabels };
                samples.Add(key, total);
            }

            for (int index = 0; index < total.Values.Length; index++)
                total.Values[index] += sign * (ratios is null ? sample.Values[index] : (long)Math.Round(ratios[index] * sample.Values[index]));
        }
    }

    /// <summary>A stack and its labels, compared by content.</summary>
    private readonly struct StackKey(int[] stack, string labels) : IEquatable<StackKey>
    {
        private readonly int[] stack = stack;
        private readonly string labels = labels;

        public bool Equals(StackKey other) => labels == other.labels && stack.AsSpan().SequenceEqual(other.stack);

        public override bool Equals(object? obj) => obj is StackKey other && Equals(other);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            hash.AddBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(stack.AsSpan()));
            hash.Add(labels);
            return hash.ToHashCode();
        }
    }
}
