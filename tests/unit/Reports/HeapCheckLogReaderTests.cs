using System.Text;
using MemTools.Reports.Readers;

namespace MemTools.Tests.Reports;

public class HeapCheckLogReaderTests
{
    private const string Banner = "WARNING: Perftools heap leak checker is active -- Performance may suffer\n";
    private const string Regions = "Have memory regions w/o callers: might report false leaks\n";

    private const string Advice =
        "\n\nIf the preceding stack traces are not enough to find the leaks, try running THIS shell command:\n\n"
        + "pprof /srv/app \"/tmp/app.{0}.{1}-end.heap\" --inuse_objects --lines --heapcheck  --edgefraction=1e-10 --nodefraction=1e-10 --gv\n\n"
        + "If you are still puzzled about why the leaks are there, try rerunning this program with HEAP_CHECK_TEST_POINTER_ALIGNMENT=1 and/or with HEAP_CHECK_MAX_POINTER_OFFSET=-1\n"
        + "If the leak report occurs in a small fraction of runs, try running with TCMALLOC_MAX_FREE_QUEUE_SIZE of few hun\n";

    private const string Exiting = "Exiting with error code (instead of crashing) because of whole-program memory leaks\n";

    private const string Leaky =
        Banner + "app: done\n" + Regions + "Leak check _main_ detected leaks of 150 bytes in 3 objects\nThe 2 largest leaks:\n"
        + "Using local file /srv/app.\n"
        + "Leak of 100 bytes in 1 objects allocated from:\n\t@ 55e2d8201297 leak_big\n\t@ 55e2d8201433 main\n"
        + "Leak of 50 bytes in 2 objects allocated from:\n\t@ 55e2d8201354 \n\t@ 55e2d8201451 main\n";

    private static HeapCheckLog Read(string text) =>
        HeapCheckLogReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), TestContext.Current.CancellationToken);

    private static string Report(int pid, string check = "_main_") => string.Format(System.Globalization.CultureInfo.InvariantCulture, Advice, pid, check);

    [Fact]
    public void ReadsLeakyCheck()
    {
        HeapCheckLog log = Read(Leaky + Report(77) + Exiting);
        HeapCheckResult check = Assert.Single(log.Checks);
        Assert.Equal(1, log.Banners);
        Assert.Equal(("_main_", 150L, 3L, 77, true), (check.Name, check.Bytes, check.Objects, check.ProcessId!.Value, check.IsComplete));
        Assert.Equal("/srv/app", check.ProgramPath);
        Assert.Equal("/tmp/app.77._main_-end.heap", check.ProfilePath);
        Assert.Equal([(100L, 1L), (50L, 2L)], check.Records.Select(r => (r.Bytes, r.Objects)));
        Assert.Equal([new HeapCheckFrame(0x55e2d8201354, null), new HeapCheckFrame(0x55e2d8201451, "main")], check.Records[1].Frames);
        Assert.True(log.Has(HeapCheckNoticeKind.ExitsForLeaks));
    }

    [Fact]
    public void ReadsCleanCheck()
    {
        HeapCheckLog log = Read(
            Banner + Regions + "No leaks found for check \"_main_\" (but no 100% guarantee that there aren't any): found 16 reachable heap objects of 77238 bytes\n");
        HeapCheckResult check = Assert.Single(log.Checks);
        Assert.Equal((HeapCheckOutcome.Clean, 16L, 77238L), (check.Outcome, check.ReachableObjects, check.ReachableBytes));
    }

    [Theory]
    [InlineData("No leaks found\n")]
    [InlineData("No leaks found for check \"_main_\"\n")]
    [InlineData("Leak check: this is the program talking\n")]
    [InlineData("Leak of 99 bytes in 1 objects allocated from:\n\t@ 55e2d8201297 not_a_leak\n")]
    [InlineData("WARNING: Perftools heap leak checker is active -- said the program\n")]
    [InlineData("pprof /srv/app \"/tmp/app.1._main_-end.heap\"\n")]
    public void TakesLookAlikesForTheProgram(string text)
    {
        HeapCheckLog log = Read(text);
        Assert.False(log.HasCheckerWords);
        Assert.Empty(log.Checks);
    }

    [Fact]
    public void TakesLookAlikeInsideReportForTheProgram()
    {
        string text = Leaky.Replace(
            "Leak of 50 bytes", "Leak of 10 bytes in 1 objects allocated from:\n\t@ 0xdeadbeef not_a_leak\nLeak of 50 bytes", StringComparison.Ordinal);
        HeapCheckResult check = Assert.Single(Read(text + Report(1) + Exiting).Checks);
        Assert.Equal([100L, 50L], check.Records.Select(r => r.Bytes));
    }

    [Fact]
    public void SplitsGluedProgramText()
    {
        var program = new StringBuilder();
        var classifier = new HeapCheckLineClassifier(b => program.Append(Encoding.UTF8.GetString(b)));
        classifier.Feed(Encoding.UTF8.GetBytes(Banner + "no newline" + Regions + "also noneLeak check _main_ detected leaks of 1 bytes in 1 objects\n"));
        HeapCheckLog log = classifier.Complete();
        Assert.Equal("no newlinealso none", program.ToString());
        Assert.True(log.Has(HeapCheckNoticeKind.RegionsWithoutCallers));
        Assert.False(Assert.Single(log.Checks).IsComplete);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    public void FeedsInPiecesOfAnySize(int size)
    {
        byte[] bytes = Encoding.UTF8.GetBytes("début\n" + Leaky + Report(5) + Exiting + "fin sans retour");
        var program = new MemoryStream();
        var checker = new MemoryStream();
        var classifier = new HeapCheckLineClassifier(b => program.Write(b), b => checker.Write(b));
        for (int i = 0; i < bytes.Length; i += size)
        {
            classifier.Feed(bytes.AsSpan(i, Math.Min(size, bytes.Length - i)));
        }

        HeapCheckLog log = classifier.Complete();
        Assert.Equal("début\napp: done\nfin sans retour", Encoding.UTF8.GetString(program.ToArray()));
        Assert.Equal(bytes.Length, program.Length + checker.Length);
        Assert.Equal(2, Assert.Single(log.Checks).Records.Count);
    }

    [Fact]
    public void ShowsPromptAtOnce()
    {
        var program = new StringBuilder();
        var classifier = new HeapCheckLineClassifier(b => program.Append(Encoding.UTF8.GetString(b)));
        classifier.Feed("name> "u8);
        Assert.Equal("name> ", program.ToString());
        classifier.Feed("Leak ch"u8);
        Assert.Equal("name> ", program.ToString());
        classifier.FlushPending();
        Assert.Equal("name> Leak ch", program.ToString());
        classifier.Feed("ased\n"u8);
        Assert.Equal("name> Leak chased\n", program.ToString());
        Assert.Empty(classifier.Complete().Checks);
    }

    [Fact]
    public void TellsInterleavedProcessesApart()
    {
        string text = Banner + Banner + Regions
            + "Leak check _main_ detected leaks of 150 bytes in 3 objects\n"
            + "Leak check _main_ detected leaks of 150 bytes in 2 objects\n"
            + "The 2 largest leaks:\nThe 2 largest leaks:\n"
            + "Leak of 100 bytes in 1 objects allocated from:\n\t@ 5500000000a1 \n\t@ 7f0000000001 \n"
            + "Leak of 120 bytes in 1 objects allocated from:\n\t@ 5600000000a1 \n\t@ 7e0000000001 \n"
            + "Leak of 30 bytes in 1 objects allocated from:\n\t@ 5600000000b1 \n\t@ 7e0000000001 \n"
            + "Leak of 50 bytes in 2 objects allocated from:\n\t@ 5500000000b1 \n\t@ 7f0000000001 \n"
            + Report(11) + Report(12) + Exiting + Exiting;
        IReadOnlyList<HeapCheckResult> checks = Read(text).Checks;
        Assert.Equal(2, checks.Count);
        Assert.Equal([(3L, 2), (2L, 2)], checks.OrderByDescending(c => c.Objects).Select(c => (c.Objects, c.Records.Count)));
        Assert.All(checks, c => Assert.Equal(c.Bytes, c.Records.Sum(r => r.Bytes)));
        Assert.Equal([11, 12], checks.Select(c => c.ProcessId!.Value).Order());
    }

    [Fact]
    public void MarksRecordsCutByTheBuffer()
    {
        var record = new StringBuilder("Leak of 444 bytes in 1 objects allocated from:\n");
        for (int i = 0; record.Length < 700; i++)
        {
            record.Append("\t@ 56424ae411").Append((i + 16).ToString("x2", System.Globalization.CultureInfo.InvariantCulture)).Append(' ').Append('f', 85).Append('\n');
        }

        string cut = record.ToString()[..598] + "\n";
        HeapCheckResult check = Assert.Single(Read(
            Banner + "Leak check _main_ detected leaks of 444 bytes in 1 objects\nThe 1 largest leaks:\n" + cut + Report(3) + Exiting).Checks);
        Assert.True(Assert.Single(check.Records).IsCut);
        Assert.Equal(6, check.Records[0].Frames.Count);
    }

    [Fact]
    public void DropsAddressCutInTheMiddle()
    {
        const string Head = "Leak of 444 bytes in 1 objects allocated from:\n";
        string filler = "\t@ 56424ae41110 " + new string('g', 598 - Head.Length - 17 - 7) + "\n";
        string cut = Head + filler + "\t@ 5642\n";
        Assert.Equal(599, cut.Length);
        HeapCheckResult check = Assert.Single(Read(
            Banner + "Leak check _main_ detected leaks of 444 bytes in 1 objects\nThe 1 largest leaks:\n" + cut + Report(3) + Exiting).Checks);
        Assert.Equal([0x56424ae41110UL], check.Records[0].Frames.Select(f => f.Address));
    }

    [Fact]
    public void CountsRepeatedVerdicts()
    {
        string once = Regions + "No leaks found for check \"loop\" (but no 100% guarantee that there aren't any): found 1 reachable heap objects of 2 bytes\n";
        HeapCheckResult check = Assert.Single(Read(Banner + string.Concat(Enumerable.Repeat(once, 500))).Checks);
        Assert.Equal(500, check.Occurrences);
    }

    [Theory]
    [InlineData("Someone is ptrace()ing us; will turn itself off", HeapCheckNoticeKind.Ptraced)]
    [InlineData("Turning perftools heap leak checking off", HeapCheckNoticeKind.TurnedOff)]
    [InlineData("Can't run under Valgrind; will turn itself off", HeapCheckNoticeKind.UnderValgrind)]
    [InlineData("HeapChecker: ignoring HEAPCHECK because program seems to be setuid", HeapCheckNoticeKind.Setuid)]
    [InlineData("Unsupported heap_check flag: bogus", HeapCheckNoticeKind.UnsupportedMode)]
    [InlineData("Can not start so late. You have to enable heap checking with HEAPCHECK=<mode>.", HeapCheckNoticeKind.TooLate)]
    [InlineData("Thread finding failed with -1 errno=1", HeapCheckNoticeKind.ThreadFindingFailed)]
    [InlineData("Could not find thread stacks. Will likely report false leak positives.", HeapCheckNoticeKind.ThreadStacksNotFound)]
    [InlineData("Thread stacks not found for 3 threads. Will likely report false leak positives.", HeapCheckNoticeKind.SomeThreadStacksNotFound)]
    [InlineData("No live heap object at 0x55e2 to ignore", HeapCheckNoticeKind.NoLiveObject)]
    [InlineData("ERROR: ld.so: object 'libx.so' from LD_PRELOAD cannot be preloaded (cannot open shared object file): ignored.", HeapCheckNoticeKind.PreloadFailed)]
    [InlineData("tcmalloc: large alloc 2147483648 bytes == 0x55d0 @  0x7f00 0x55d1", HeapCheckNoticeKind.LargeAllocation)]
    [InlineData("Whole-program memory leaks found.", HeapCheckNoticeKind.AbortsForLeaks)]
    public void ReadsNotices(string line, HeapCheckNoticeKind kind)
    {
        HeapCheckNotice notice = Assert.Single(Read("noise\n" + line + "\nmore noise\n").Notices);
        Assert.Equal((kind, line), (notice.Kind, notice.Text));
    }

    [Fact]
    public void KeepsLittleOfGiganticStreams()
    {
        var classifier = new HeapCheckLineClassifier();
        byte[] noNewline = Encoding.ASCII.GetBytes(new string('x', 1 << 20));
        byte[] lines = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("The quick brown fox says Leak check \n", 30_000)));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 64; i++)
        {
            classifier.Feed(noNewline);
            classifier.Feed(lines);
        }

        // All that is ever allocated for 130 MiB of program output.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
        Assert.Empty(classifier.Complete().Checks);
    }
}
