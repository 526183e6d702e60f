using System.Globalization;
using MemTools.Reports.Model;

namespace MemTools.Reports.Writers.Views;

/// <summary>pprof's <c>raw</c>: the tables of the profile as they are, numbered from 1 as in profile.proto.</summary>
public static class RawView
{
    /// <summary>Writes everything.</summary>
    public static void Write(TextWriter output, Profile profile, CancellationToken cancellation)
    {
        foreach (string comment in profile.Comments)
            output.Write($"Comment: {comment}\n");
        if (profile.PeriodType != default)
            output.Write($"PeriodType: {profile.PeriodType.Type} {profile.PeriodType.Unit}\n");
        output.Write(string.Create(CultureInfo.InvariantCulture, $"Period: {profile.Period}\n"));
        if (profile.Time is { } time)
            output.Write($"Time: {time.ToString("yyyy-MM-dd HH:mm:ss.fffffff zzz", CultureInfo.InvariantCulture)}\n");
        if (profile.Duration > TimeSpan.Zero)
            output.Write(string.Create(CultureInfo.InvariantCulture, $"Duration: {profile.Duration.TotalSeconds:0.####}\n"));
        output.Write("Samples:\n");
        output.Write(string.Join(' ', profile.SampleTypes.Select(type => $"{type.Type}/{type.Unit}{(type.Type == profile.DefaultSampleType ? "[dflt]" : "")}")) + "\n");
        for (int index = 0; index < profile.Samples.Count; index++)
        {
            if ((index & 0xFFF) == 0)
                cancellation.ThrowIfCancellationRequested();
            Sample sample = profile.Samples[index];
            output.Write(string.Join(' ', sample.Values.Select(value => value.ToString(CultureInfo.InvariantCulture).PadLeft(10))) + ": "
                + string.Join(' ', sample.Locations.Select(location => (location + 1).ToString(CultureInfo.InvariantCulture))) + "\n");
            foreach ((string key, string value) in TagSelection.Of(sample))
                output.Write($"                {key}:[{value}]\n");
        }

        output.Write("Locations\n");
        for (int index = 0; index < profile.Locations.Count; index++)
            output.Write(Location(profile.Locations[index], index + 1));
        output.Write("Mappings\n");
        for (int index = 0; index < profile.Mappings.Count; index++)
        {
            Mapping mapping = profile.Mappings[index];
            output.Write($"{index + 1}: 0x{mapping.Start:x}/0x{mapping.Limit:x}/0x{mapping.FileOffset:x} {mapping.Path} {mapping.BuildId}".TrimEnd() + "\n");
        }
    }

    private static string Location(Location location, int number)
    {
        string head = string.Create(CultureInfo.InvariantCulture, $"{number,6}: 0x{location.Address:x} {(location.MappingIndex >= 0 ? $"M={location.MappingIndex + 1} " : "")}");
        if (location.Lines.Length == 0)
            return head.TrimEnd() + "\n";
        var lines = location.Lines.Select((line, index) => (index == 0 ? head : new string(' ', 13))
            + string.Create(CultureInfo.InvariantCulture, $"{line.Function.Name} {line.FileName}:{line.LineNumber}:{line.Column} s={line.Function.StartLine}")
            + (line.Function.SystemName != line.Function.Name && line.Function.SystemName.Length > 0 ? $"({line.Function.SystemName})" : ""));
        return string.Join('\n', lines) + "\n";
    }
}
