using System.Globalization;
using System.Text.RegularExpressions;
using MemTools.Reports.Model;

namespace MemTools.Reports.Graph;

/// <summary>
/// pprof's tagfocus and tagignore: <c>4kb</c>, <c>1kb:</c>, <c>:1mb</c> or <c>1kb:4kb</c>, optionally with <c>key=</c> in front, for numeric labels;
/// otherwise expressions separated by commas for text labels: of <c>key=one,other</c> any must match the label's value, without a key all must
/// match some <c>key:value</c>.
/// </summary>
internal sealed partial class TagFilter
{
    private readonly List<Func<Sample, bool>> focus;
    private readonly List<Func<Sample, bool>> ignore;

    public TagFilter(ReportOptions options)
    {
        focus = Terms(options.TagFocus, "tagfocus");
        ignore = Terms(options.TagIgnore, "tagignore");
    }

    public bool Keeps(Sample sample) => focus.TrueForAll(term => term(sample)) && (ignore.Count == 0 || !ignore.TrueForAll(term => term(sample)));

    private static List<Func<Sample, bool>> Terms(string? text, string option)
    {
        int equals = text?.IndexOf('=', StringComparison.Ordinal) ?? -1;
        string? key = equals > 0 ? text![..equals].Trim() : null;
        string value = (equals > 0 ? text![(equals + 1)..] : text ?? "").Trim();
        if (value.Length == 0)
            return [];
        Match range = Range().Match(value);
        if (range.Groups["low"].Success || range.Groups["high"].Success)
            return [Numeric(key, range)];
        Regex[] patterns = [.. value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(one => Pattern.Compile(one, option)!)];
        return key is null ? [.. patterns.Select(Text)] : [sample => sample.Labels?.TryGetValue(key, out string? held) == true && Array.Exists(patterns, pattern => pattern.IsMatch(held))];
    }

    private static Func<Sample, bool> Text(Regex pattern) => sample =>
        sample.Labels is not null && sample.Labels.Any(label => pattern.IsMatch(label.Key + ":" + label.Value));

    private static Func<Sample, bool> Numeric(string? key, Match range)
    {
        long low = range.Groups["low"].Success ? Number(range.Groups["low"].Value, range.Groups["lowUnit"].Value) : long.MinValue;
        long high = range.Groups["high"].Success ? Number(range.Groups["high"].Value, range.Groups["highUnit"].Value)
            : range.Groups["colon"].Success ? long.MaxValue : low;
        return sample => sample.NumericLabels is not null
            && sample.NumericLabels.Any(label => (key is null || label.Key == key) && label.Value >= low && label.Value <= high);
    }

    private static long Number(string digits, string unit) =>
        long.Parse(digits, CultureInfo.InvariantCulture) * (unit.ToLowerInvariant().TrimEnd('b') switch { "k" => 1L << 10, "m" => 1L << 20, "g" => 1L << 30, "t" => 1L << 40, _ => 1L });

    [GeneratedRegex(@"^(?<low>\d{1,15})?(?<lowUnit>[kKmMgGtT]?[bB]?)(?<colon>:)?(?<high>(?<=:)\d{1,15})?(?<highUnit>(?<=\d)[kKmMgGtT]?[bB]?)?$")]
    private static partial Regex Range();
}
