using System.Text.RegularExpressions;
using MemTools.IntegrationTests.Cli;
using MemTools.Reports;
using MemTools.Reports.Compare;
using MemTools.Reports.Graph;
using MemTools.Reports.Model;
using MemTools.Reports.Readers;
using MemTools.Reports.Symbols;

namespace MemTools.IntegrationTests.Reports;

/// <summary>
/// Numbers equal those of the Perl pprof (Debian's google-pprof) and jeprof on the same live profile. Intended differences: inlined
/// functions are nodes of their own here (the program has none), and libc's frames are named from its own symbols, so only the
/// program's functions are compared.
/// </summary>
public sealed partial class PerlPprofTests(PeerProfiles profiles) : IClassFixture<PeerProfiles>
{
    private static readonly string[] Functions = ["small_ones", "large_ones", "nested", "freed", "main"];

    [Theory]
    [InlineData("inuse_space", "--inuse_space")]
    [InlineData("inuse_objects", "--inuse_objects")]
    [InlineData("alloc_space", "--alloc_space")]
    [InlineData("alloc_objects", "--alloc_objects")]
    public void Functions_of_a_gperftools_profile(string type, string option)
    {
        string profile = profiles.Gperftools(1);
        Assert.Equal(Peer("google-pprof", "--text", "--show_bytes", option, profiles.Program, profile), Ours(profile, type, null));
    }

    [Fact]
    public void A_base_is_subtracted()
    {
        string before = profiles.Gperftools(1);
        string after = profiles.Gperftools(3);
        Dictionary<string, (long Flat, long Cum)> peer = Peer("google-pprof", "--text", "--show_bytes", "--base=" + before, profiles.Program, after);
        Assert.Equal(200 * 48, peer["small_ones"].Flat);
        Assert.Equal(peer["small_ones"], Ours(after, "inuse_space", before)["small_ones"]);
    }

    [Theory]
    [InlineData("inuse_space", "--inuse_space")]
    [InlineData("inuse_objects", "--inuse_objects")]
    [InlineData("alloc_space", "--alloc_space")]
    public void Functions_of_a_jemalloc_profile(string type, string option)
    {
        string profile = profiles.Jemalloc(1);
        Assert.Equal(Peer("jeprof", "--text", "--show_bytes", option, profiles.Program, profile), Ours(profile, type, null));
    }

    [Fact]
    public void Lines_of_a_gperftools_profile()
    {
        string profile = profiles.Gperftools(1);
        Dictionary<string, (long, long)> peer = Rows(PeerProfiles.Peer("google-pprof", "--text", "--lines", "--show_bytes", profiles.Program, profile))
            .Where(row => row.Key.Contains("allocates.c:", StringComparison.Ordinal)).ToDictionary();
        Dictionary<string, (long, long)> ours = Nodes(profile, new ReportOptions { Trim = false, Granularity = Granularity.Lines }, null)
            .Where(row => row.Key.Contains("allocates.c:", StringComparison.Ordinal)).ToDictionary();
        Assert.True(peer.Count >= 6, "the peer names lines");
        Assert.Equal(peer.OrderBy(row => row.Key), ours.OrderBy(row => row.Key));
    }

    /// <summary>Whole lines of <c>memtools pprof</c>, in their order; the running sum is left out, as it counts the rows between.</summary>
    [Theory]
    [InlineData("--text")]
    [InlineData("--text", "--cum")]
    [InlineData("--text", "--inuse_objects")]
    [InlineData("--text", "--alloc_space", "--cum")]
    [InlineData("--text", "--show_bytes", "--focus=nested|large")]
    [InlineData("--text", "--show_bytes", "--ignore=small")]
    public async Task Command_prints_the_peers_rows_in_its_order(params string[] options)
    {
        CommandProcess.Need();
        string profile = profiles.Gperftools(1);
        using var memtools = new CommandProcess();
        (int code, string output, string error) = await memtools.RunAsync(["pprof", .. options, profiles.Program, profile]);
        Assert.True(code == 0, error);
        string[] peer = OwnLines(PeerProfiles.Peer("google-pprof", [.. options, profiles.Program, profile]));
        Assert.True(peer.Length >= 3, "the peer names the program's functions");
        Assert.Equal(peer, OwnLines(output));
    }

    private static string[] OwnLines(string text) =>
        [.. text.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(columns => columns.Length == 6 && Functions.Contains(columns[5])).Select(columns => string.Join(' ', columns.Where((_, column) => column != 2)))];

    private static Dictionary<string, (long Flat, long Cum)> Peer(string tool, params string[] arguments) => Own(Rows(PeerProfiles.Peer(tool, arguments)));

    private static Dictionary<string, (long Flat, long Cum)> Ours(string path, string type, string? before) =>
        Own(Nodes(path, new ReportOptions { Trim = false, SampleType = type }, before));

    private static Dictionary<string, (long Flat, long Cum)> Nodes(string path, ReportOptions options, string? before)
    {
        Profile profile = Read(path);
        if (before is not null)
            profile = ProfileMath.Subtract(profile, Read(before), false, false, TestContext.Current.CancellationToken);
        FrameTable table = FrameTableBuilder.Build(profile, options, TestContext.Current.CancellationToken);
        return ReportGraph.Build(table, null, false, TestContext.Current.CancellationToken).Nodes
            .GroupBy(node => node.Info.Label).ToDictionary(group => group.Key, group => (group.Sum(node => node.Flat), group.Sum(node => node.Cum)));
    }

    private static Profile Read(string path)
    {
        Profile profile = ProfileReader.Read(path, TestContext.Current.CancellationToken);
        ProfileSymbolizer.Symbolize(profile, new SymbolizeOptions(), new LocalFileSource(), null, TestContext.Current.CancellationToken);
        return profile;
    }

    private static Dictionary<string, (long Flat, long Cum)> Own(Dictionary<string, (long Flat, long Cum)> rows) =>
        Functions.Where(rows.ContainsKey).ToDictionary(name => name, name => rows[name]);

    /// <summary>Rows of the text view: flat, flat%, sum%, cum, cum%, name.</summary>
    private static Dictionary<string, (long Flat, long Cum)> Rows(string text) =>
        Row().Matches(text).ToDictionary(row => row.Groups[3].Value, row => (long.Parse(row.Groups[1].Value), long.Parse(row.Groups[2].Value)));

    [GeneratedRegex(@"^ *(-?\d+) +-?[\d.]+% +-?[\d.]+% +(-?\d+) +-?[\d.]+% (.+)$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
