using MemTools.Reports;
using MemTools.Reports.Compare;
using MemTools.Reports.Errors;
using MemTools.Reports.Graph;
using MemTools.Reports.Model;
using MemTools.Reports.Readers;
using MemTools.Reports.Writers.Views;
using MemTools.Tests.Reports;

namespace MemTools.Tests.Graph;

/// <summary>pprof's options on the stacks of <see cref="Profiles.Calls"/>, whose sums can be checked by eye.</summary>
public class ReportOptionsTests
{
    private static readonly ReportOptions All = new() { Trim = false };

    private static FrameTable Table(ReportOptions options, Profile? profile = null) => FrameTableBuilder.Build(profile ?? Profiles.Calls(), options, TestContext.Current.CancellationToken);

    private static ReportGraph Graph(ReportOptions options, Profile? profile = null) => GraphTrimmer.Build(Table(options, profile), options, true, TestContext.Current.CancellationToken);

    private static Dictionary<string, (long Flat, long Cum)> Values(ReportOptions options, Profile? profile = null) =>
        Graph(options, profile).Nodes.ToDictionary(node => node.Info.Label, node => (node.Flat, node.Cum));

    private static async Task<string> Text(ReportView view, ReportOptions options)
    {
        using var output = new MemoryStream();
        await ReportGenerator.WriteAsync(Profiles.Calls(), new ReportRequest { View = view, Options = options }, output, new LocalFileSource(), TestContext.Current.CancellationToken);
        return System.Text.Encoding.UTF8.GetString(output.ToArray());
    }

    [Fact]
    public void Call_tree_has_a_node_for_each_context()
    {
        var nodes = Graph(All with { CallTree = true }).Nodes.Select(node => (node.Info.Label, node.Flat, node.Cum)).Order().ToArray();
        Assert.Equal([("helper", 10, 10), ("load", 100, 150), ("main", 0, 200), ("parse", 0, 10), ("parse", 50, 50), ("walk", 0, 40), ("walk", 40, 40)], nodes);
    }

    [Fact]
    public void Call_tree_edges_carry_the_context()
    {
        GraphNode main = Graph(All with { CallTree = true }).Nodes.Single(node => node.Info.Label == "main");
        Assert.Equal([("load", 150L), ("walk", 40), ("parse", 10)], main.Out.OrderByDescending(edge => edge.Weight).Select(edge => (edge.Target.Info.Label, edge.Weight)));
    }

    [Fact]
    public void Tag_and_frame_filters_work_together()
    {
        Assert.Equal(50, Values(All with { TagFocus = "bytes=1:", Focus = "^parse$" })["main"].Cum);
        Assert.Equal(100, Values(All with { TagFocus = "bytes=1:", Ignore = "^parse$" })["main"].Cum);
    }

    [Theory]
    [InlineData("worker", 100)]
    [InlineData("thread=nobody", 200)]
    [InlineData("bytes=:100", 100)]
    [InlineData("4kb:", 150)]
    public void Tag_ignore_drops_what_matches(string tags, long total) => Assert.Equal(total, Values(All with { TagIgnore = tags })["main"].Cum);

    [Fact]
    public void Terms_of_a_tag_filter_must_all_match_but_values_of_a_key_are_alternatives()
    {
        Assert.Equal(100, Values(All with { TagFocus = "worker,thread" })["main"].Cum);
        Assert.DoesNotContain("main", Values(All with { TagFocus = "worker,nobody" }).Keys);
        Assert.Equal(100, Values(All with { TagFocus = "thread=nobody,worker" })["main"].Cum);
    }

    [Fact]
    public void Fractions_are_of_what_the_filters_left()
    {
        ReportOptions small = new() { Focus = "helper", NodeFraction = 0.3 };
        Assert.Equal((10, 10), Values(small)["helper"]); // 5 % of everything, all of what is left
        Assert.Equal(0, Graph(small).DroppedNodes);
    }

    [Fact]
    public void Changes_that_cancel_out_leave_no_node()
    {
        Profile before = FormatSampleProfile("collapsed.txt");
        Profile difference = ProfileMath.Subtract(Read("main;load 100\nmain;load;parse 90\nmain;walk 40\n"), before, false, true, TestContext.Current.CancellationToken);
        Assert.Equal(["load", "main", "parse"], Values(All, difference).Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Inlined_code_is_marked()
    {
        string text = await Text(ReportView.Text, All);
        Assert.Contains("  helper (inline)\n", text, StringComparison.Ordinal);
        Assert.Contains("  parse\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Tag_root_and_leaf_make_frames_of_labels()
    {
        Assert.Equal((0, 100), Values(All with { TagRoot = "thread" })["worker"]);
        Assert.Equal((100, 100), Values(All with { TagLeaf = "thread" })["worker"]);
        Assert.Equal((0, 200), Values(All with { TagLeaf = "thread" })["main"] with { Flat = 0 });
    }

    [Fact]
    public async Task Tags_view_sums_each_value()
    {
        string text = await Text(ReportView.Tags, All with { Unit = "bytes" });
        Assert.Equal("bytes: Total 150B\n        100B (66.67%): 50B\n         50B (33.33%): 4kB\n\nthread: Total 100B\n        100B (100%): worker\n\n", text);
        Assert.DoesNotContain("thread", await Text(ReportView.Tags, All with { TagHide = "thread" }), StringComparison.Ordinal);
        Assert.DoesNotContain("bytes:", await Text(ReportView.Tags, All with { TagShow = "thread" }), StringComparison.Ordinal);
    }

    [Fact]
    public void Prune_from_keeps_the_match_and_its_callers() =>
        Assert.Equal(new() { ["load"] = (150, 150), ["walk"] = (40, 40), ["helper"] = (10, 10), ["parse"] = (0, 10), ["main"] = (0, 200) }, Values(All with { PruneFrom = "^load$" }));

    [Fact]
    public void Mean_divides_by_the_first_column()
    {
        // load: 100 bytes in 2 objects; walk: 40 in 4; main: 200 in 8
        Assert.Equal([(50L, 50L), (10, 10), (0, 25)], new[] { "load", "walk", "main" }.Select(name => Values(All with { Mean = true })[name]));
        Assert.Equal(25, Table(All with { Mean = true }).ProfileTotal);
    }

    [Fact]
    public void Divide_by_and_relative_percentages()
    {
        Assert.Equal((50, 75), Values(All with { DivideBy = 2 })["load"]);
        ReportOptions focused = All with { Focus = "^walk$" };
        Assert.Equal(20, TopView.Rows(Graph(focused), focused)[0].FlatPercent);
        focused = focused with { RelativePercentages = true };
        Assert.Equal(100, TopView.Rows(Graph(focused), focused)[0].FlatPercent);
    }

    /// <summary>As the Perl pprof: the heaviest edges first; one whose ends have enough goes, unless it is the first into a node.</summary>
    [Fact]
    public void Max_degree_drops_further_edges_but_no_nodes_only_way_in()
    {
        ReportGraph graph = Graph(new ReportOptions { NodeFraction = 0, EdgeFraction = 0, MaxDegree = 1 });
        Assert.Equal(
            ["load -> parse", "main -> load", "main -> walk", "parse -> helper"],
            graph.Nodes.SelectMany(node => node.Out).Select(edge => $"{edge.Source.Info.Label} -> {edge.Target.Info.Label}").Order(StringComparer.Ordinal));
        Assert.Equal(1, graph.DroppedEdges);
    }

    [Fact]
    public void Edge_fraction_cuts_edges_but_not_nodes()
    {
        ReportGraph graph = Graph(new ReportOptions { NodeFraction = 0, EdgeFraction = 0.5 });
        Assert.Equal(5, graph.Nodes.Count);
        Assert.Equal(["main -> load"], graph.Nodes.SelectMany(node => node.Out).Select(edge => $"{edge.Source.Info.Label} -> {edge.Target.Info.Label}"));
    }

    /// <summary>What is written as profile.proto and read back shows what the text shows.</summary>
    [Theory]
    [InlineData("parse", null, null, null, null, null)]
    [InlineData(null, "parse", null, null, null, null)]
    [InlineData(null, null, "^load$", null, null, null)]
    [InlineData(null, null, null, "main|helper", null, null)]
    [InlineData(null, null, null, null, "^load$", null)]
    [InlineData(null, null, null, null, null, "^load$")]
    public async Task A_filtered_profile_is_written_filtered(string? focus, string? ignore, string? hide, string? show, string? showFrom, string? pruneFrom)
    {
        ReportOptions options = All with { Focus = focus, Ignore = ignore, Hide = hide, Show = show, ShowFrom = showFrom, PruneFrom = pruneFrom };
        using var output = new MemoryStream();
        await ReportGenerator.WriteAsync(Profiles.Calls(), new ReportRequest { View = ReportView.Pprof, Options = options }, output, new LocalFileSource(), TestContext.Current.CancellationToken);
        output.Position = 0;
        Dictionary<string, (long, long)> expected = Values(options);
        Assert.NotEqual(Values(All), expected);
        Assert.Equal(expected, Values(All, ProfileReader.Read(output, "x", new ProfileReadOptions(), TestContext.Current.CancellationToken)));
    }

    [Fact]
    public void Counts_are_not_objects_of_themselves()
    {
        Profile collapsed = FormatSampleProfile("collapsed.txt");
        Assert.False(Table(All, collapsed).HasObjects);
        Assert.True(Table(All).HasObjects);
        Assert.False(Table(All with { SampleType = "inuse_objects" }).HasObjects);
    }

    [Theory]
    [InlineData(false, 50, 100)]
    [InlineData(true, 190, 26.32)]
    public void Shares_are_of_the_base_or_of_the_difference(bool keepSides, long whole, double share)
    {
        Profile before = FormatSampleProfile("collapsed.txt");
        Profile after = Read("main;load 100\nmain;load;parse 100\nmain;walk 40\n");
        Profile difference = ProfileMath.Subtract(after, before, false, keepSides, TestContext.Current.CancellationToken);
        Assert.Equal(whole, Table(All, difference).ProfileTotal);
        TopRow parse = TopView.Rows(Graph(All, difference), All).Single(row => row.Function == "parse");
        Assert.Equal(50, parse.Flat);
        Assert.Equal(share, parse.FlatPercent, 2);
    }

    [Fact]
    public void A_normalized_profile_of_the_same_shape_has_no_difference()
    {
        Profile before = FormatSampleProfile("collapsed.txt");
        Profile after = Read("main;load 200\nmain;load;parse 100\nmain;walk 80\n");
        Assert.Empty(ProfileMath.Subtract(after, before, true, false, TestContext.Current.CancellationToken).Samples);
    }

    [Fact]
    public void Normalizing_scales_the_profile_to_the_base()
    {
        // 190 there and 380 here: half of 300 is 50 more than 100.
        Profile difference = ProfileMath.Subtract(Read("main;load 300\nmain;walk 80\n"), FormatSampleProfile("collapsed.txt"), true, false, TestContext.Current.CancellationToken);
        Assert.Equal([-50L, 50], difference.Samples.Select(sample => sample.Values[0]).Order());
    }

    [Fact]
    public void What_shrank_can_be_left_out()
    {
        Profile difference = ProfileMath.Subtract(Read("main;load 150\nmain;walk 10\n"), FormatSampleProfile("collapsed.txt"), false, false, TestContext.Current.CancellationToken);
        ProfileMath.DropNegative(difference);
        Assert.Equal([50L], difference.Samples.Select(sample => sample.Values[0]));
    }

    [Fact]
    public void A_default_that_is_not_there_shows_the_last_column()
    {
        Profile calls = Profiles.Calls();
        var profile = new Profile { SampleTypes = calls.SampleTypes, Samples = calls.Samples, Locations = calls.Locations, Mappings = calls.Mappings, DefaultSampleType = "cpu" };
        Assert.Equal("inuse_space", Table(All, profile).SampleType.Type);
        Assert.Equal("SampleTypeUnknown", Assert.Throws<MemToolsException>(() => Table(All with { SampleType = "cpu" }, profile)).ErrorId);
    }

    private static Profile FormatSampleProfile(string file) => ProfileReader.Read(TestData.Path("profiles/" + file), TestContext.Current.CancellationToken);

    private static Profile Read(string text) =>
        ProfileReader.Read(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)), "x", new ProfileReadOptions(), TestContext.Current.CancellationToken);
}
