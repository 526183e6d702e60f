using System.Globalization;
using MemTools.Reports.Graph;
using MemTools.Reports.Model;

namespace MemTools.Reports.Writers.Views;

/// <summary>pprof's <c>tags</c>: what the samples of each value of each label hold.</summary>
public static class TagsView
{
    /// <summary>Writes the labels by name, their values largest first.</summary>
    public static void Write(TextWriter output, Profile profile, FrameTable table, ReportOptions options)
    {
        var shown = new TagSelection(options);
        Measurement measure = Measurement.For(table.SampleType.Unit, options.Unit, table.Total, table.Total);
        var sums = new SortedDictionary<string, Dictionary<string, long>>(StringComparer.Ordinal);
        for (int index = 0; index < table.Count; index++)
        {
            foreach ((string key, string value) in TagSelection.Of(table.Source(index)))
            {
                if (!shown.Includes(key, value))
                    continue;
                if (!sums.TryGetValue(key, out Dictionary<string, long>? values))
                    sums.Add(key, values = new Dictionary<string, long>(StringComparer.Ordinal));
                values[value] = values.GetValueOrDefault(value) + table.Value(index);
            }
        }

        foreach ((string key, Dictionary<string, long> values) in sums)
        {
            long total = Magnitude.Sum(values.Values);
            output.Write($"{key}: Total {measure.Label(total)}\n");
            foreach ((string value, long sum) in values.OrderByDescending(one => Magnitude.Of(one.Value)).ThenBy(one => one.Key, StringComparer.Ordinal))
                output.Write($"{measure.Label(sum),12} ({Measurement.Percent(sum, total).Trim()}): {value}\n");
            output.Write("\n");
        }
    }
}

/// <summary>Which labels pprof's tagshow and taghide let through, and how labels read.</summary>
internal sealed class TagSelection(ReportOptions options)
{
    private readonly System.Text.RegularExpressions.Regex? show = Pattern.Compile(options.TagShow, "tagshow");
    private readonly System.Text.RegularExpressions.Regex? hide = Pattern.Compile(options.TagHide, "taghide");

    /// <summary>Names and values of a sample's labels, texts before numbers, each by name; sizes with their unit.</summary>
    public static IEnumerable<(string Key, string Value)> Of(Sample sample)
    {
        if (sample.Labels is null && sample.NumericLabels is null)
            return [];
        IEnumerable<(string, string)> texts = (sample.Labels ?? new Dictionary<string, string>()).Select(label => (label.Key, label.Value));
        IEnumerable<(string, string)> numbers = (sample.NumericLabels ?? new Dictionary<string, long>()).Select(label => (label.Key, Number(label.Key, label.Value)));
        return texts.OrderBy(label => label.Item1, StringComparer.Ordinal).Concat(numbers.OrderBy(label => label.Item1, StringComparer.Ordinal));
    }

    public bool Includes(string key, string value) => (show?.IsMatch(key) ?? true) && hide?.IsMatch(key) != true;

    private static string Number(string key, long value) =>
        key == "bytes" ? Measurement.For("bytes", "auto", value, value).Label(value) : value.ToString(CultureInfo.InvariantCulture);
}
