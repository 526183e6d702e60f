using MemTools.Reports.Errors;
using MemTools.Reports.Model;

namespace MemTools.Reports.Graph;

/// <summary>Finds the column that a user names.</summary>
public static class SampleTypes
{
    /// <summary>Other names of the same columns, as pprof and the Perl pprof spell them.</summary>
    private static readonly Dictionary<string, string[]> Aliases = new(StringComparer.OrdinalIgnoreCase)
    {
        ["inuse_space"] = ["space", "bytes"],
        ["inuse_objects"] = ["objects", "count"],
        ["alloc_space"] = ["allocated_space", "space"],
        ["alloc_objects"] = ["allocated_objects", "objects"],
        ["space"] = ["inuse_space"],
        ["objects"] = ["inuse_objects"],
        ["total_delay"] = ["delay"],
        ["delay"] = ["total_delay"],
    };

    /// <summary>Index of the column.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="name">Its name, an alias, or its number; null for the profile's default.</param>
    /// <exception cref="MemToolsException">SampleTypeUnknown, with the names there are.</exception>
    public static int Find(Profile profile, string? name)
    {
        IReadOnlyList<SampleType> types = profile.SampleTypes;
        // A file that names a default which it does not have shows its last column, as in pprof.
        if (string.IsNullOrEmpty(name) && !types.Any(type => type.Type == profile.DefaultSampleType))
            return types.Count - 1;
        name = string.IsNullOrEmpty(name) ? profile.DefaultSampleType! : name;
        if (int.TryParse(name, out int number) && number >= 0 && number < types.Count)
            return number;
        foreach (string candidate in Aliases.TryGetValue(name, out string[]? others) ? [name, .. others] : new[] { name })
        {
            for (int index = 0; index < types.Count; index++)
            {
                if (string.Equals(types[index].Type, candidate, StringComparison.OrdinalIgnoreCase))
                    return index;
            }
        }

        throw new MemToolsException(
            "SampleTypeUnknown", MemToolsErrorCategory.InvalidArgument, $"The profile has no sample type '{name}'.", name,
            "It has: " + string.Join(", ", types.Select(type => type.Type)) + ".");
    }
}
