using System.Globalization;
using System.Text.RegularExpressions;
using MemTools.Reports.Graph;
using MemTools.Reports.Model;
using MemTools.Reports.Readers;

namespace MemTools.IntegrationTests.Reports;

/// <summary>massif's and callgrind's files, written live, give the numbers of ms_print and callgrind_annotate.</summary>
public sealed partial class ValgrindProfileTests(PeerProfiles profiles) : IClassFixture<PeerProfiles>
{
    [Fact]
    public void Massif_snapshot_holds_what_the_program_kept()
    {
        string output = Path.Combine(profiles.Folder, "massif.out");
        Valgrind("--tool=massif", "--massif-out-file=" + output, "--threshold=0", "--detailed-freq=1");
        Dictionary<string, (long Flat, long Cum)> nodes = Nodes(ProfileReader.Read(output, TestContext.Current.CancellationToken));
        Assert.Equal((4800, 4800), nodes["small_ones"]);
        Assert.Equal((700000, 700000), nodes["large_ones"]);
        Assert.Equal((35000, 35000), nodes["nested"]);
    }

    /// <summary>The tree of ms_print's last detailed snapshot: bytes under each function, the heap's total, and each snapshot's time and total.</summary>
    [Fact]
    public void Massif_numbers_equal_ms_print()
    {
        string output = Path.Combine(profiles.Folder, "massif-print.out");
        Valgrind("--tool=massif", "--massif-out-file=" + output, "--threshold=0", "--detailed-freq=1", "--peak-inaccuracy=0");
        string printed = PeerProfiles.Peer("ms_print", "--threshold=0", output);
        // "  7      123,456      850,016      801,232       48,784            0": number, time, total, useful heap, extra heap, stacks
        long[] useful = [.. Snapshot().Matches(printed).Select(row => Number(row.Groups[1].Value))];
        Profile profile = ProfileReader.Read(output, TestContext.Current.CancellationToken);
        Assert.Equal(useful.Max(), profile.Samples.Sum(sample => sample.Values[0]));
        Assert.Equal(useful, profile.History.Select(point => point.Total));
        Dictionary<string, (long Flat, long Cum)> ours = Nodes(profile);
        Dictionary<string, long> largest = Branch().Matches(printed).GroupBy(row => row.Groups[2].Value).ToDictionary(group => group.Key, group => group.Max(row => Number(row.Groups[1].Value)));
        foreach (string function in (string[])["small_ones", "large_ones"])
            Assert.Equal(largest[function], ours[function].Cum);
    }

    private static long Number(string text) => long.Parse(text.Replace(",", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^ *\d+ +[\d,]+ +[\d,]+ +([\d,]+) +[\d,]+ +[\d,]+$", RegexOptions.Multiline)]
    private static partial Regex Snapshot();

    [GeneratedRegex(@"->[\d.]+% \(([\d,]+)B\) 0x[0-9A-F]+: (\w+) \(")]
    private static partial Regex Branch();

    [Fact]
    public void Callgrind_costs_equal_callgrind_annotate()
    {
        string output = Path.Combine(profiles.Folder, "callgrind.out");
        Valgrind("--tool=callgrind", "--callgrind-out-file=" + output);
        Profile profile = ProfileReader.Read(output, TestContext.Current.CancellationToken);
        string annotated = PeerProfiles.Peer("callgrind_annotate", "--threshold=100", output);
        Dictionary<string, long> peer = Row().Matches(annotated).Where(row => row.Groups[2].Value.Contains("allocates.c:", StringComparison.Ordinal))
            .ToDictionary(row => row.Groups[2].Value[(row.Groups[2].Value.LastIndexOf(':') + 1)..], row => long.Parse(row.Groups[1].Value.Replace(",", "", StringComparison.Ordinal), CultureInfo.InvariantCulture));
        Assert.Contains("small_ones", peer.Keys);
        Dictionary<string, (long Flat, long Cum)> ours = Nodes(profile);
        Assert.Equal(peer, peer.Keys.ToDictionary(name => name, name => ours[name].Flat));
        string total = Regex.Match(annotated, @"([\d,]+) \(100\.0%\)  PROGRAM TOTALS").Groups[1].Value.Replace(",", "", StringComparison.Ordinal);
        Assert.Equal(long.Parse(total, CultureInfo.InvariantCulture), profile.Samples.Sum(sample => sample.Values[0]));
    }

    private void Valgrind(params string[] options)
    {
        Assert.SkipUnless(File.Exists(profiles.Program), "There is no gcc to compile the program under test.");
        PeerProfiles.Peer("valgrind", [.. options, profiles.Program]);
    }

    private static Dictionary<string, (long Flat, long Cum)> Nodes(Profile profile)
    {
        FrameTable table = FrameTableBuilder.Build(profile, new ReportOptions { Trim = false }, TestContext.Current.CancellationToken);
        return ReportGraph.Build(table, null, false, TestContext.Current.CancellationToken).Nodes
            .GroupBy(node => node.Info.Label).ToDictionary(group => group.Key, group => (group.Sum(node => node.Flat), group.Sum(node => node.Cum)));
    }

    [GeneratedRegex(@"^ *([\d,]+) \( *[\d.]+%\)  (\S+)", RegexOptions.Multiline)]
    private static partial Regex Row();
}
