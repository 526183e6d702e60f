using MemTools.Reports;
using MemTools.Reports.Leaks;
using MemTools.Reports.Model;

namespace MemTools.Tests.Reports;

/// <summary>What a user sees while a long report is read, and that records which share frames are named as each would be alone.</summary>
public sealed class LeakReadingTests : IDisposable
{
    private const int Stacks = 200_000;
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("memtools-test-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Progress_moves_through_one_file_and_never_back()
    {
        var steps = new Steps(_ => { });
        Read([HeapFile("server.1._main_-end.heap")], steps, TestContext.Current.CancellationToken);
        double[] reading = [.. steps.All.Where(static step => step.Activity == "Reading").Select(static step => step.Fraction)];
        Assert.True(reading.Length >= 3, $"{reading.Length} steps");
        Assert.Equal(reading.Order(), reading);
        Assert.InRange(reading[^1], 0.5, 1);
        Assert.Contains(steps.All, static step => step.Activity == "Making records" && step.Fraction is > 0 and < 1);
    }

    [Fact]
    public void The_second_of_two_files_begins_in_the_middle()
    {
        string second = HeapFile("server.2._main_-end.heap");
        var steps = new Steps(_ => { });
        Read([HeapFile("server.1._main_-end.heap"), second], steps, TestContext.Current.CancellationToken);
        Assert.InRange(steps.All.First(step => step.Detail == second).Fraction, 0.5, 0.75);
    }

    [Fact]
    public void Reading_stops_in_the_middle_of_a_file()
    {
        using var source = new CancellationTokenSource();
        double seen = 0;
        var steps = new Steps(step =>
        {
            seen = step.Fraction;
            if (step.Fraction > 0.2)
                source.Cancel();
        });
        Assert.Throws<OperationCanceledException>(() => Read([HeapFile("server.1._main_-end.heap")], steps, source.Token));
        Assert.InRange(seen, 0.2, 0.9);
    }

    [Fact]
    public void Records_over_shared_frames_have_the_names_and_fingerprints_of_their_own_stacks()
    {
        string log = Path.Combine(folder.FullName, "lsan.1");
        // The program's frame, only the runtime's, the start code only, and one frame that nobody can name.
        File.WriteAllText(log, """

            =================================================================
            ==1==ERROR: LeakSanitizer: detected memory leaks

            Direct leak of 40 byte(s) in 1 object(s) allocated from:
                #0 0x1000 in malloc (/lib/liblsan.so.0+0x1000)
                #1 0x2000 in std::vector<int>::reserve /usr/include/c++/12/bits/vector.tcc:70
                #2 0x3000 in shop::Cart::add /src/cart.cpp:11
                #3 0x4000 in main /src/main.cpp:5

            Direct leak of 30 byte(s) in 1 object(s) allocated from:
                #0 0x1000 in malloc (/lib/liblsan.so.0+0x1000)
                #1 0x2000 in std::vector<int>::reserve /usr/include/c++/12/bits/vector.tcc:70

            Direct leak of 20 byte(s) in 1 object(s) allocated from:
                #0 0x1000 in malloc (/lib/liblsan.so.0+0x1000)
                #1 0x5000 in _start (/srv/server+0x5000)

            SUMMARY: LeakSanitizer: 90 byte(s) leaked in 3 allocation(s).
            """);
        IReadOnlyList<LeakRecord> leaks = Assert.Single(Read([log], null, TestContext.Current.CancellationToken)).Leaks;
        Assert.Equal(["shop::Cart::add", "std::vector<int>::reserve"], leaks.Take(2).Select(static leak => leak.Function));
        Assert.Equal(["/src/cart.cpp:11", "/usr/include/c++/12/bits/vector.tcc:70"], leaks.Take(2).Select(static leak => leak.Location));
        Assert.All(leaks, static leak =>
        {
            Assert.Equal(LeakFingerprint.Of(leak.Stack), leak.Fingerprint);
            Assert.Equal(FrameOrigins.Innermost(leak.Stack)?.Function, leak.Function);
        });
        Assert.Equal(3, leaks.Select(static leak => leak.Fingerprint).Distinct().Count());
    }

    private static IReadOnlyList<LeakReport> Read(string[] paths, IProgress<ProgressStep>? progress, CancellationToken cancellation) =>
        LeakReports.Read(new LeakReportRequest { Paths = paths, Symbolize = false }, new LocalFileSource(), progress, cancellation);

    private string HeapFile(string name)
    {
        string path = Path.Combine(folder.FullName, name);
        using var writer = new StreamWriter(path);
        writer.Write($"heap profile: {Stacks}: {Stacks * 8} [ {Stacks}: {Stacks * 8}] @ heapprofile\n");
        for (int i = 0; i < Stacks; i++)
            writer.Write($"     1:        8 [     1:        8] @ 0x{0x401000 + (i % 1000):x} 0x{0x402000 + (i / 1000):x} 0x403000 0x404000 0x405000\n");
        writer.Write("\nMAPPED_LIBRARIES:\n00400000-00500000 r-xp 00000000 fe:01 1 /srv/server\n");
        return path;
    }

    private sealed class Steps(Action<ProgressStep> onStep) : IProgress<ProgressStep>
    {
        public List<ProgressStep> All { get; } = [];

        public void Report(ProgressStep value)
        {
            All.Add(value);
            onStep(value);
        }
    }
}
