using MemTools.Reports.Model;
using MemTools.Reports.Readers;

namespace MemTools.Tests.Reports;

/// <summary>The heap profiler's dumps of the corpus hold what the programs had not freed, reachable or not, and the named extras of the C library.</summary>
public class CorpusProfileTests
{
    /// <summary>Objects and bytes besides the program's own: stdio's buffer, glibc's tables of four ended threads, and with HEAP_PROFILE_MMAP what was mapped.</summary>
    private static readonly Dictionary<string, (long Objects, long Bytes)> Extras = new()
    {
        ["heapprofile/clean"] = (1, 4096), ["heapprofile/mmap"] = (4 + 3, 1280 + 1114112 + 1441792 + 131072), ["heapprofile/threads"] = (4, 1280),
    };

    public static TheoryData<string> Cases => [.. Corpus.Cases("heapprofile")];

    [Theory]
    [MemberData(nameof(Cases))]
    public void TheLastDumpHoldsWhatIsLive(string name)
    {
        string folder = Corpus.Require(name);
        string[] dumps = [.. Directory.EnumerateFiles(folder, "*.heap").Order(StringComparer.Ordinal)];
        if (name is "heapprofile/_exit" or "heapprofile/segv" or "heapprofile/baddir")
        {
            Assert.Empty(dumps);
            return;
        }

        if (name == "heapprofile/forkexec_use_pid")
        {
            // The forked child's dump was overwritten by its parent's; the executed program wrote one with its process id.
            Assert.Equal([(1L, 111L), (3L, 999L)], dumps.Select(Live));
            return;
        }

        CorpusTruth truth = Corpus.Truth(folder);
        (long objects, long bytes) = Extras.GetValueOrDefault(name);
        Assert.Equal((truth.LostObjects + truth.ReachableObjects + objects, truth.LostBytes + truth.ReachableBytes + bytes), Live(dumps[^1]));
    }

    private static (long Objects, long Bytes) Live(string path)
    {
        Profile profile = ProfileReader.Read(path, TestContext.Current.CancellationToken);
        Assert.All(profile.Warnings, warning => Assert.Contains("HEAP_PROFILE_MMAP", warning));
        int objects = Column(profile, "inuse_objects", "objects");
        return (profile.Samples.Sum(s => s.Values[objects]), profile.Samples.Sum(s => s.Values[Column(profile, "inuse_space", "space")]));
    }

    private static int Column(Profile profile, params string[] names) => profile.SampleTypes.ToList().FindIndex(type => names.Contains(type.Type));
}
