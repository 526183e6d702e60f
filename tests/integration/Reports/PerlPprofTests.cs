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

    /// <summary>Costs and calls of the callgrind view, each function's summed over its lines.</summary>
    [Fact]
    public async Task Callgrind_view_has_the_peers_costs_and_calls()
    {
        CommandProcess.Need();
        string profile = profiles.Gperftools(1);
        using var memtools = new CommandProcess();
        (int code, string output, string error) = await memtools.RunAsync(["report", "-f", "callgrind", profile]);
        Assert.True(code == 0, error);
        Dictionary<string, long> peer = Costs(PeerProfiles.Peer("google-pprof", "--callgrind", "--show_bytes", profiles.Program, profile));
        peer.Remove("nested -> nested"); // a function that calls itself has no edge to itself here, as in Go's pprof
        Assert.Equal(700000, peer["large_ones"]);
        Assert.Contains("main -> nested", peer.Keys);
        Dictionary<string, long> ours = Costs(output);
        Assert.Equal(peer, peer.Keys.ToDictionary(name => name, name => ours.GetValueOrDefault(name)));
    }

    /// <summary>Own costs by function and inclusive ones by <c>caller -> callee</c>, of the program's functions.</summary>
    private static Dictionary<string, long> Costs(string callgrind)
    {
        var names = new Dictionary<string, string>();
        var costs = new Dictionary<string, long>();
        (string function, string callee) = ("", "");
        foreach (string line in callgrind.Split('\n'))
        {
            if (CallgrindName().Match(line) is { Success: true } name)
            {
                // The Perl tool writes names without numbers.
                string number = name.Groups[2].Value, text = name.Groups[3].Value;
                if (number.Length > 0 && text.Length > 0)
                    names[number] = text;
                text = text.Length > 0 ? text : names[number];
                (function, callee) = name.Groups[1].Value == "fn" ? (text, "") : (function, text);
            }
            else if (CallgrindCost().Match(line) is { Success: true } cost)
            {
                string key = callee.Length == 0 ? function : $"{function} -> {callee}";
                if (Functions.Contains(function) && (callee.Length == 0 || Functions.Contains(callee)))
                    costs[key] = costs.GetValueOrDefault(key) + long.Parse(cost.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
                callee = "";
            }
        }

        return costs.Where(cost => cost.Value != 0).ToDictionary();
    }

    [GeneratedRegex(@"^(c?fn)=(\(\d+\))? ?(.*)$")]
    private static partial Regex CallgrindName();

    [GeneratedRegex(@"^[+*\d]\S* (\d+)$")]
    private static partial Regex CallgrindCost();

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
