using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using MemTools.Reports.Model;
using MemTools.Reports.Readers;
using MemTools.Reports.Writers.Views;
using MemTools.Tests.Graph;

namespace MemTools.Tests.Reports.Formats;

/// <summary>Reads each view as those that it is for do, and compares its values with the sample's three stacks.</summary>
internal static partial class ViewChecks
{
    public static void Check(ReportView view, byte[] bytes, FormatSample sample)
    {
        string text = Encoding.UTF8.GetString(bytes);
        switch (view)
        {
            case ReportView.Text:
                Assert.Contains($", 100% of {Shown(sample.Total, sample)} total\n", text, StringComparison.Ordinal);
                Same(sample, Numbers(TopRow().Matches(text)));
                break;
            case ReportView.PerlText:
                Assert.StartsWith($"Total: {sample.Total} ", text, StringComparison.Ordinal);
                Same(sample, Numbers(PerlRow().Matches(text)));
                break;
            case ReportView.Tree or ReportView.Peek:
                Same(sample, Numbers(TreeRow().Matches(text)));
                break;
            case ReportView.Traces:
                Same(sample, Numbers(Trace().Matches(text)));
                break;
            case ReportView.List:
                Assert.StartsWith($"Total: {Shown(sample.Total, sample)}\n", text, StringComparison.Ordinal);
                Same(sample, Numbers(Listed().Matches(text)));
                break;
            case ReportView.Dot:
                Assert.Matches(@"^digraph ""[^""]*"" \{\n(?s:.*)\}\n$", text);
                Same(sample, Numbers(DotNode().Matches(text)));
                break;
            case ReportView.Svg:
                string drawn = string.Join('\n', XDocument.Parse(text).Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value));
                Assert.All(sample.Values, value => Assert.Contains($"{Shown(value, sample)} (", drawn, StringComparison.Ordinal));
                break;
            case ReportView.FlameGraph:
                string[] tips = [.. XDocument.Parse(text).Descendants().Where(element => element.Name.LocalName == "title").Select(element => element.Value)];
                Assert.Contains($"all ({Shown(sample.Total, sample)}, 100%)", tips);
                Assert.All(sample.Values.Skip(1), value => Assert.Contains(tips, tip => tip.Contains($"({Shown(value, sample)}, ", StringComparison.Ordinal)));
                break;
            case ReportView.Html:
                Same(sample, PageData.Of(text).Stacks.Select(stack => stack.Value));
                break;
            case ReportView.Callgrind:
                Same(sample, Sums(Read(bytes), 0));
                break;
            case ReportView.Pprof or ReportView.Json:
                Assert.Equal(sample.Totals, FormatSample.TotalsOf(Read(bytes)));
                break;
            case ReportView.TopProto:
                Profile top = Read(bytes);
                Assert.Equal(["cum", "flat"], top.SampleTypes.Select(type => type.Type));
                Same(sample, Sums(top, 1));
                break;
            case ReportView.Collapsed:
                Same(sample, Sums(Read(bytes), 0));
                break;
            case ReportView.Speedscope:
                Speedscope(bytes, sample);
                break;
            case ReportView.Csv:
                Same(sample, Csv(text).Select(row => long.Parse(row["flat"], CultureInfo.InvariantCulture)));
                break;
            case ReportView.Raw:
                Raw(text, sample);
                break;
            case ReportView.Tags:
                Assert.Equal(sample.Thread, text.Contains($"thread: Total {Shown(sample.Total, sample)}\n", StringComparison.Ordinal));
                break;
            case ReportView.Comments:
                Assert.Equal(sample.Note is not null, text.Split('\n').Contains("a note"));
                break;
            default:
                Assert.Fail($"{view} has no check.");
                break;
        }
    }

    private static void Same(FormatSample sample, IEnumerable<long> values) => Assert.Equal(sample.Values.Order(), values.Where(value => value != 0).Order());

    private static string Shown(long value, FormatSample sample) => value + sample.Unit switch { "bytes" => "B", "nanoseconds" => "ns", _ => "" };

    private static IEnumerable<long> Numbers(MatchCollection rows) => rows.Select(row => long.Parse(row.Groups[1].Value, CultureInfo.InvariantCulture));

    private static Profile Read(byte[] bytes) => ProfileReader.Read(new MemoryStream(bytes), "written", new ProfileReadOptions(), TestContext.Current.CancellationToken);

    private static IEnumerable<long> Sums(Profile profile, int column) =>
        profile.Samples.GroupBy(sample => string.Join(' ', sample.Locations)).Select(group => group.Sum(sample => sample.Values[column]));

    /// <summary>https://www.speedscope.app/file-format-schema.json: a sampled profile has a weight for each sample and frames that exist.</summary>
    private static void Speedscope(byte[] bytes, FormatSample sample)
    {
        using JsonDocument json = JsonDocument.Parse(bytes);
        JsonElement profile = Assert.Single(json.RootElement.GetProperty("profiles").EnumerateArray());
        int frames = json.RootElement.GetProperty("shared").GetProperty("frames").EnumerateArray().Count(frame => frame.GetProperty("name").GetString()!.Length > 0);
        Assert.Equal("sampled", profile.GetProperty("type").GetString());
        Assert.All(profile.GetProperty("samples").EnumerateArray().SelectMany(stack => stack.EnumerateArray()), frame => Assert.InRange(frame.GetInt32(), 0, frames - 1));
        Assert.Equal(profile.GetProperty("samples").GetArrayLength(), profile.GetProperty("weights").GetArrayLength());
        Same(sample, profile.GetProperty("weights").EnumerateArray().Select(weight => weight.GetInt64()));
        Assert.Equal(sample.Total, profile.GetProperty("endValue").GetInt64() - profile.GetProperty("startValue").GetInt64());
    }

    /// <summary>RFC 4180, without line ends inside of fields.</summary>
    private static IEnumerable<Dictionary<string, string>> Csv(string text)
    {
        string[][] rows = [.. text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(row => CsvField().Matches(row).Select(field => field.Groups[1].Value + field.Groups[2].Value).ToArray())];
        return rows.Skip(1).Select(row => rows[0].Zip(row).ToDictionary(pair => pair.First, pair => pair.Second));
    }

    private static void Raw(string text, FormatSample sample)
    {
        string[] lines = text.Split('\n');
        int first = Array.IndexOf(lines, "Samples:") + 1;
        Assert.Equal(sample.Totals.Select(type => $"{type.Type}/{type.Unit}"), lines[first].Split(' ').Select(type => type.Replace("[dflt]", "", StringComparison.Ordinal)));
        long[][] rows = [.. lines.Skip(first + 1).TakeWhile(line => line != "Locations").Select(line => RawRow().Match(line)).Where(row => row.Success)
            .Select(row => row.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(number => long.Parse(number, CultureInfo.InvariantCulture)).ToArray())];
        Assert.Equal(sample.Totals.Select(type => type.Total), sample.Totals.Select((_, column) => rows.Sum(row => row[column])));
    }

    [GeneratedRegex(@"^ *(\d+)(?:B|ns)? +[\d.]+% +[\d.]+% +\d+(?:B|ns)? +[\d.]+%  ", RegexOptions.Multiline)]
    private static partial Regex TopRow();

    [GeneratedRegex(@"^ *(\d+) +[\d.]+% +[\d.]+% +\d+ +[\d.]+% ", RegexOptions.Multiline)]
    private static partial Regex PerlRow();

    [GeneratedRegex(@"^ {0,9}(\d+)(?:B|ns)? +[\d.]+% +[\d.]+% +\d+(?:B|ns)? +[\d.]+% {16}\| ", RegexOptions.Multiline)]
    private static partial Regex TreeRow();

    [GeneratedRegex(@"^ {0,9}(\d+)(?:B|ns)?   ", RegexOptions.Multiline)]
    private static partial Regex Trace();

    [GeneratedRegex(@"^ *(\d+)(?:B|ns)? +\d+(?:B|ns)? +\d+:", RegexOptions.Multiline)]
    private static partial Regex Listed();

    [GeneratedRegex(@"^N\d+ \[label=""[^""]*?\\n(\d+)(?:B|ns)? \([\d.]+%\)", RegexOptions.Multiline)]
    private static partial Regex DotNode();

    [GeneratedRegex(@"(?:^|,)(?:""((?:[^""]|"""")*)""|([^,""]*))")]
    private static partial Regex CsvField();

    [GeneratedRegex(@"^ *(\d[\d ]*): [\d ]*$")]
    private static partial Regex RawRow();
}
