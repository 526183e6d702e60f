using MemTools.Reports.Errors;
using MemTools.Reports.Model;
using MemTools.Reports.Readers;

namespace MemTools.Tests.Reports.Formats;

/// <summary>Threads, series and columns: what some formats have beside stacks.</summary>
public class ColumnTests
{
    [Theory]
    [InlineData(null, 7, 190)]
    [InlineData(0, 3, 150)]
    [InlineData(1, 4, 40)]
    public void Jemalloc_tells_threads_apart(int? thread, long objects, long bytes)
    {
        using FileStream file = File.OpenRead(TestData.Path("profiles/jemalloc.heap"));
        Profile profile = ProfileReader.Read(file, "jemalloc.heap", new ProfileReadOptions { Thread = thread }, TestContext.Current.CancellationToken);
        Assert.Equal((objects, bytes), (HeapProfile.Total(profile, 2), HeapProfile.Total(profile, 3)));
        Assert.Empty(profile.Warnings);
    }

    [Fact]
    public void A_thread_that_is_not_there_is_named_with_those_that_are()
    {
        using FileStream file = File.OpenRead(TestData.Path("profiles/jemalloc.heap"));
        MemToolsException error = Assert.Throws<MemToolsException>(
            () => ProfileReader.Read(file, "jemalloc.heap", new ProfileReadOptions { Thread = 5 }, TestContext.Current.CancellationToken));
        Assert.Equal("ThreadNotFound", error.ErrorId);
        Assert.Contains("0, 1", error.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void Massif_and_heaptrack_have_a_history()
    {
        Assert.Equal([("0 i", 0L), ("1000 i", 190)], FormatSample.Named("massif.out").Read().History.Select(point => (point.Label, point.Total)));
        Assert.Equal([("0.001 s", 0L), ("0.002 s", 150), ("0.003 s", 190)], FormatSample.Named("heaptrack.txt").Read().History.Select(point => (point.Label, point.Total)));
    }

    [Theory]
    [InlineData(true, "app.0009.heap", "app.0010.heap")]
    [InlineData(true, "app.9999.heap", "app.10000.heap")]
    [InlineData(true, "je.77.2.i2.heap", "je.77.10.i10.heap", "je.77.11.f.heap")]
    [InlineData(true, "app.0001.heap.gz", "app.0002.heap")]
    [InlineData(false, "app.0001.heap", "other.0002.heap")]
    [InlineData(false, "je.77.0.i0.heap", "je.78.1.i1.heap")]
    [InlineData(false, "app.0001.heap", "app.pb.gz")]
    [InlineData(false, "app.0001.heap")]
    public void Series_are_known_by_their_names_and_sorted_by_number(bool series, params string[] inOrder)
    {
        Assert.Equal(series, DumpSeries.Holds(inOrder));
        if (series)
            Assert.Equal(inOrder, DumpSeries.Sort(inOrder.Reverse()));
    }
}
