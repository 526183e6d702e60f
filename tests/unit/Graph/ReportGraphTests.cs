using MemTools.Reports.Errors;
using MemTools.Reports.Graph;
using MemTools.Reports.Model;

namespace MemTools.Tests.Graph;

public class ReportGraphTests
{
    private static readonly ReportOptions All = new() { Trim = false };

    private static Dictionary<string, (long Flat, long Cum)> Values(ReportOptions options)
    {
        FrameTable table = FrameTableBuilder.Build(Profiles.Calls(), options, TestContext.Current.CancellationToken);
        return GraphTrimmer.Build(table, options, true, TestContext.Current.CancellationToken).Nodes.ToDictionary(node => node.Info.Label, node => (node.Flat, node.Cum));
    }

    [Fact]
    public void Allocator_frames_are_folded_and_recursion_counts_once()
    {
        Dictionary<string, (long, long)> values = Values(All);
        Assert.Equal(new()
        {
            ["load"] = (100, 150), ["parse"] = (50, 60), ["walk"] = (40, 40), ["helper"] = (10, 10), ["main"] = (0, 200),
        }, values);
    }

    [Fact]
    public void Allocator_frames_can_be_shown() =>
        Assert.Equal((200, 200), Values(All with { AllocatorFrames = true })["malloc"]);

    // Names as gcc 12's libstdc++ and clang's libc++ have them.
    [Theory]
    [InlineData("std::__new_allocator<std::pair<int, char> >::allocate(unsigned long, void const*)", true)]
    [InlineData("__gnu_cxx::new_allocator<int>::allocate(unsigned long, void const*)", true)]
    [InlineData("std::allocator_traits<std::allocator<int> >::allocate(std::allocator<int>&, unsigned long)", true)]
    [InlineData("std::_Vector_base<int, std::allocator<int> >::_M_allocate(unsigned long)", true)]
    [InlineData("std::__detail::_Hash_node<int, false>* std::__detail::_Hashtable_alloc<std::allocator<int> >::_M_allocate_node<int const&>(int const&)", true)]
    [InlineData("std::_Rb_tree<int, int, std::_Identity<int>, std::less<int>, std::allocator<int> >::_M_get_node()", true)]
    [InlineData("std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >::_M_create(unsigned long&, unsigned long)", true)]
    [InlineData("void* std::__1::__libcpp_operator_new[abi:ne180100]<unsigned long>(unsigned long)", true)]
    [InlineData("operator new(unsigned long)", true)]
    [InlineData("std::vector<int, std::allocator<int> >::push_back(int const&)", false)]
    [InlineData("boost::circular_buffer<Entry, std::allocator<Entry> >::allocate(unsigned long)", false)]
    [InlineData("rocksdb::Arena::AllocateNewBlock(unsigned long)", false)]
    [InlineData("Pool<std::allocator<int> >::_M_allocate(unsigned long)", false)]
    [InlineData("std::allocate_shared<int>(int)", false)]
    public void The_library_s_allocation_functions_are_known_by_name(string name, bool folded) => Assert.Equal(folded, AllocatorFrames.IsFunction(name));

    [Fact]
    public void Inlined_allocation_functions_are_folded_and_the_code_around_them_stays()
    {
        var profile = Profiles.InlinedAllocate();
        FrameTable table = FrameTableBuilder.Build(profile, All, TestContext.Current.CancellationToken);
        Dictionary<string, (long, long)> folded = GraphTrimmer.Build(table, All, true, TestContext.Current.CancellationToken).Nodes.ToDictionary(node => node.Info.Label, node => (node.Flat, node.Cum));
        Assert.Equal(new() { ["std::vector<int>::push_back(int const&)"] = (64, 64), ["fill"] = (0, 64) }, folded);

        ReportOptions shown = All with { AllocatorFrames = true };
        table = FrameTableBuilder.Build(profile, shown, TestContext.Current.CancellationToken);
        Assert.Contains(GraphTrimmer.Build(table, shown, true, TestContext.Current.CancellationToken).Nodes, node => node.Info.Label.StartsWith("std::__new_allocator", StringComparison.Ordinal) && node.Cum == 64);
    }

    [Fact]
    public void Without_inlines_code_counts_as_its_caller()
    {
        Dictionary<string, (long, long)> values = Values(All with { NoInlines = true });
        Assert.Equal((60, 60), values["parse"]);
        Assert.DoesNotContain("helper", values.Keys);
    }

    [Theory]
    [InlineData("inuse_objects", 8)]
    [InlineData("inuse_space", 200)]
    [InlineData("objects", 8)]
    [InlineData("0", 8)]
    [InlineData(null, 200)]
    public void Sample_type_is_found_by_name_alias_number_and_default(string? name, long total) =>
        Assert.Equal(total, Values(All with { SampleType = name })["main"].Cum);

    [Fact]
    public void Unknown_sample_type_names_those_there_are()
    {
        MemToolsException error = Assert.Throws<MemToolsException>(() => Values(All with { SampleType = "cpu" }));
        Assert.Equal("SampleTypeUnknown", error.ErrorId);
        Assert.Contains("inuse_objects, inuse_space", error.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void Focus_keeps_stacks_with_a_match_also_by_file() =>
        Assert.Equal((0, 60), Values(All with { Focus = @"parse\.c" })["main"]);

    [Fact]
    public void Ignore_drops_stacks_with_a_match() =>
        Assert.Equal((0, 140), Values(All with { Ignore = "^parse$" })["main"]);

    [Fact]
    public void Hide_drops_frames_and_gives_their_value_to_the_caller()
    {
        Dictionary<string, (long Flat, long Cum)> values = Values(All with { Hide = "^parse$|^helper$" });
        Assert.Equal((150, 150), values["load"]);
        Assert.Equal((10, 200), values["main"]);
    }

    [Fact]
    public void Show_keeps_only_matching_frames() =>
        Assert.Equal(["load", "main"], Values(All with { Show = "^load$|^main$" }).Keys.Order());

    [Fact]
    public void Show_from_drops_callers_and_stacks_without_a_match()
    {
        Dictionary<string, (long, long)> values = Values(All with { ShowFrom = "^load$" });
        Assert.Equal(new() { ["load"] = (100, 150), ["parse"] = (50, 50) }, values);
    }

    [Fact]
    public void Prune_from_drops_callees_of_the_match()
    {
        Dictionary<string, (long Flat, long Cum)> values = Values(All with { PruneFrom = "^load$" });
        Assert.Equal((150, 150), values["load"]);
    }

    [Theory]
    [InlineData("worker", 100)]
    [InlineData("thread=worker", 100)]
    [InlineData("4kb", 50)]
    [InlineData("bytes=1:100", 100)]
    [InlineData("1kb:", 50)]
    public void Tag_focus_takes_text_and_ranges(string tags, long total) =>
        Assert.Equal(total, Values(All with { TagFocus = tags })["main"].Cum);

    [Fact]
    public void Lines_granularity_splits_functions() =>
        Assert.Equal((50, 50), Values(All with { Granularity = Granularity.Lines })["parse parse.c:21"]);

    [Fact]
    public void Node_fraction_drops_small_nodes_and_leaves_residual_edges()
    {
        ReportOptions options = new() { NodeFraction = 0.5, EdgeFraction = 0 };
        FrameTable table = FrameTableBuilder.Build(Profiles.Calls(), options, TestContext.Current.CancellationToken);
        ReportGraph graph = GraphTrimmer.Build(table, options, true, TestContext.Current.CancellationToken);
        Assert.Equal(["load", "main"], graph.Nodes.Select(node => node.Info.Label));
        Assert.Equal(3, graph.DroppedNodes);
        GraphEdge edge = Assert.Single(graph.Nodes.Single(node => node.Info.Name == "main").Out);
        Assert.Equal(150, edge.Weight);
        // The stack through parse was cut at the leaf: its value is nobody's flat value.
        Assert.Equal(100, graph.Nodes[0].Flat);
    }

    [Fact]
    public void Bad_pattern_is_an_error_that_names_the_option()
    {
        MemToolsException error = Assert.Throws<MemToolsException>(() => Values(All with { Focus = "(" }));
        Assert.Equal("PatternInvalid", error.ErrorId);
        Assert.Contains("focus", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Call_tree_keeps_contexts_apart()
    {
        FrameTable table = FrameTableBuilder.Build(Profiles.Calls(), All, TestContext.Current.CancellationToken);
        CallTreeNode root = CallTree.Build(table, false, TestContext.Current.CancellationToken);
        CallTreeNode main = Assert.Single(root.Children);
        Assert.Equal(200, main.Cum);
        Assert.Equal(["load", "walk", "parse"], main.Children.Select(child => table.Nodes[child.NodeId].Name));
        Assert.Equal(40, main.Children[1].Children.Single().Flat);
    }
}
