using System.Globalization;
using MemTools.Reports.Graph;
using MemTools.Reports.Model;
using MemTools.Reports.Readers;

namespace MemTools.IntegrationTests.Reports;

/// <summary>heaptrack's file, written live, gives the numbers that heaptrack_print writes for flame graphs.</summary>
public sealed class HeaptrackProfileTests(PeerProfiles profiles) : IClassFixture<PeerProfiles>
{
    [Theory]
    [InlineData("allocations", "alloc_objects")]
    [InlineData("leaked", "inuse_space")]
    [InlineData("peak", "peak_space")]
    public void Columns_equal_heaptrack_print(string costs, string type)
    {
        Assert.SkipUnless(File.Exists(profiles.Program), "There is no gcc to compile the program under test.");
        string recorded = Path.Combine(profiles.Folder, "heaptrack");
        if (Directory.GetFiles(profiles.Folder, "heaptrack.*").Length == 0)
            PeerProfiles.Peer("heaptrack", "-o", recorded, profiles.Program);
        string file = Directory.GetFiles(profiles.Folder, "heaptrack.*").Single();
        string stacks = Path.Combine(profiles.Folder, costs + ".stacks");
        PeerProfiles.Peer("heaptrack_print", "-f", file, "--flamegraph-cost-type", costs, "-F", stacks);
        (string Stack, long Cost)[] peer = [.. File.ReadLines(stacks).Select(line => (line[..line.LastIndexOf(' ')], long.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture)))];

        Profile profile = ProfileReader.Read(file, TestContext.Current.CancellationToken);
        int column = SampleTypes.Find(profile, type);
        Assert.Equal(peer.Sum(row => row.Cost), HeapProfile.Total(profile, column));
        foreach (string function in (string[])["small_ones", "large_ones", "nested", "freed"])
        {
            long expected = peer.Where(row => row.Stack.Contains(function, StringComparison.Ordinal)).Sum(row => row.Cost);
            long found = profile.Samples.Where(sample => sample.Locations.Any(location => profile.Locations[location].Lines.Any(line => line.Function.Name == function))).Sum(sample => sample.Values[column]);
            Assert.True(expected == found, $"{function}: {found} here, {expected} by heaptrack_print");
        }
    }
}
