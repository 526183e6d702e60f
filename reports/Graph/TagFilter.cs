using System.Globalization;
using System.Text.RegularExpressions;
using MemTools.Reports.Model;

namespace MemTools.Reports.Graph;

/// <summary>
/// pprof's tagfocus and tagignore: <c>key=pattern</c> or <c>pattern</c> for text labels; <c>4kb</c>, <c>1kb:</c>, <c>:1mb</c>,
/// <c>1kb:4kb</c> (optionally <c>key=</c> in front) for numeric ones; a comma separates terms, of which all must match.
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
        var terms = new List<Func<Sample, bool>>();
        foreach (string term in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int equals = term.IndexOf('=', StringComparison.Ordinal);
            string? key = equals > 0 ? term[..equals] : null;
            string value = equals > 0 ? term[(equals + 1)..] : term;
            Match range = Range().Match(value);
            terms.Add(range.Groups["low"].Success || range.Groups["high"].Success ? Numeric(key, range) : Text(key, Pattern.Compile(value, option)));
        }

        return terms;
    }

    private static Func<Sample, bool> Text(string? key, Regex? pattern) => sample =>
        sample.Labels is not null && pattern is not null
        && sample.Labels.Any(label => (key is null || label.Key == key) && pattern.IsMatch(key is null ? label.Key + ":" + label.Value : label.Value));

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
