using MemTools.Reports.Leaks;
using MemTools.Reports.Model;
using MemTools.Reports.Readers;

namespace MemTools.Tests.Reports;

public class HeapCheckEvidenceTests
{
    private const string Banner = "WARNING: Perftools heap leak checker is active -- Performance may suffer\n";
    private const string Clean = "No leaks found for check \"_main_\" (but no 100% guarantee that there aren't any): found 16 reachable heap objects of 77238 bytes\n";
    private const string CleanNamed = "No leaks found for check \"mine\" (but no 100% guarantee that there aren't any): found 16 reachable heap objects of 77238 bytes\n";
    private const string Leaky = "Leak check _main_ detected leaks of 7036 bytes in 15 objects\n";

    private static LeakJudgement Judge(string? text, ProcessFacts facts, params string[] files) =>
        HeapCheckEvidence.Judge(text is null ? null : HeapCheckLogReader.Read(text), files, facts);

    [Fact]
    public void CleanByTheEnginesWords() =>
        Assert.Equal((Verdict.Clean, "Clean"), Of(Judge(Banner + Clean, new() { ExitCode = 0 })));

    [Fact]
    public void CleanKeepsTheProgramsOwnExitCode() =>
        Assert.Equal((Verdict.Clean, "Clean"), Of(Judge(Banner + Clean, new() { ExitCode = 1 })));

    [Fact]
    public void LeaksByText() =>
        Assert.Equal((Verdict.Leaks, "LeaksByText"), Of(Judge(Banner + Leaky, new() { ExitCode = 1 })));

    [Fact]
    public void LeaksByFileWhenStandardErrorIsSilent() =>
        Assert.Equal((Verdict.Leaks, "LeaksByFile"), Of(Judge("", new() { ExitCode = 1 }, "/tmp/app.5._main_-end.heap")));

    [Fact]
    public void LeaksByFileWithoutStandardError() =>
        Assert.Equal((Verdict.Leaks, "LeaksByFile"), Of(Judge(null, new() { ExitCode = 1, StandardErrorKept = false }, "/tmp/app.5._main_-end.heap")));

    [Theory]
    [InlineData("Someone is ptrace()ing us; will turn itself off\nTurning perftools heap leak checking off\n", "Ptraced")]
    [InlineData("Can't run under Valgrind; will turn itself off\nTurning perftools heap leak checking off\n", "UnderValgrind")]
    [InlineData("Turning perftools heap leak checking off\n", "TurnedOff")]
    [InlineData("Thread finding failed with -1 errno=1\n", "ThreadFindingFailed")]
    public void FalseCleanIsNotChecked(string words, string rule) =>
        Assert.Equal((Verdict.NotChecked, rule), Of(Judge(Banner + words + Clean, new() { ExitCode = 0 })));

    [Fact]
    public void CleanWithoutBannerIsNotChecked() =>
        Assert.Equal((Verdict.NotChecked, "CleanWithoutBanner"), Of(Judge(Clean, new() { ExitCode = 0 })));

    [Theory]
    [InlineData("SIGSEGV", "crash")]
    [InlineData("SIGTERM", "handle that signal")]
    public void KilledBySignal(string signal, string advice)
    {
        LeakJudgement judgement = Judge(Banner, new() { Signal = signal });
        Assert.Equal((Verdict.NotChecked, "KilledBySignal"), Of(judgement));
        Assert.Contains(signal, judgement.Reason);
        Assert.Contains(advice, judgement.Reason);
    }

    [Fact]
    public void TimedOut() => Assert.Equal((Verdict.NotChecked, "TimedOut"), Of(Judge(Banner, new() { Signal = "SIGKILL", TimedOut = true })));

    [Fact]
    public void BannerAloneIsNotChecked() =>
        Assert.Equal((Verdict.NotChecked, "BannerWithoutVerdict"), Of(Judge(Banner + "app: done\n", new() { ExitCode = 0 })));

    [Fact]
    public void ExitCodeOneWithoutReport() =>
        Assert.Equal((Verdict.NotChecked, "ExitCodeOneWithoutReport"), Of(Judge(Banner, new() { ExitCode = 1 })));

    /// <summary>The checker ends a process with leaks by code 1, before the last exit handlers: who came through them, or ended with another code, passed.</summary>
    [Fact]
    public void OneProcessHasOneVerdict()
    {
        var passed = new ProcessFacts { ExitCode = 0, IsOnlyProcess = true, ExitHandlersRan = true };
        Assert.Equal((Verdict.Clean, "Clean"), Of(Judge(Leaky + Banner + Banner + Clean, passed)));
        Assert.Equal((Verdict.Leaks, "LeaksByText"), Of(Judge(Leaky + Banner + Banner + Clean, passed with { IsOnlyProcess = false })));
        Assert.Equal((Verdict.Leaks, "LeaksByFile"), Of(Judge(Leaky + Banner + Clean, passed, "/tmp/app.5._main_-end.heap")));

        LeakJudgement real = Judge(
            Banner + Clean + "Leak check _main_ detected leaks of 99 bytes in 1 objects\n" + Leaky, new() { ExitCode = 1, IsOnlyProcess = true, ExitHandlersRan = false });
        Assert.Equal((Verdict.Leaks, "LeaksByText"), Of(real));
        Assert.Contains("7036 bytes in 15 objects", real.Reason);

        Assert.Equal(Verdict.NotChecked, Judge(Banner + Leaky, new() { ExitCode = 0, IsOnlyProcess = true, ExitHandlersRan = false }).Verdict);
    }

    [Fact]
    public void NotAllProcessesAnswered()
    {
        Assert.Equal((Verdict.NotChecked, "NotAllAnswered"), Of(Judge(Banner + Banner + Clean, new() { ExitCode = 0 })));
        Assert.Equal((Verdict.Clean, "Clean"), Of(Judge(Banner + Banner + Clean, new() { ExitCode = 0, ReplacedImages = 1 })));
        Assert.Equal((Verdict.Clean, "Clean"), Of(Judge(Banner + Clean + Banner + Clean, new() { ExitCode = 0 })));
    }

    /// <summary>A program can print the checker's words; it cannot come through its exit handlers, or die of a signal, with the check made.</summary>
    [Fact]
    public void WordsWithoutAnOrderlyEndAreTheProgramsOwn()
    {
        Assert.Equal((Verdict.NotChecked, "KilledBySignal"), Of(Judge(Banner + Clean, new() { Signal = "SIGKILL" })));
        Assert.Equal((Verdict.NotChecked, "CleanWithoutOrderlyEnd"), Of(Judge(Banner + Clean, new() { ExitCode = 0, ExitHandlersRan = false })));
        Assert.Equal((Verdict.Clean, "Clean"), Of(Judge(Banner + Clean, new() { ExitCode = 0, ExitHandlersRan = true })));
    }

    [Fact]
    public void LocalModeNeedsExplicitChecks()
    {
        Assert.Equal((Verdict.NotChecked, "LocalWithoutChecks"), Of(Judge(Banner, new() { ExitCode = 0, Mode = "local" })));
        Assert.Equal((Verdict.Clean, "LocalClean"), Of(Judge(Banner + CleanNamed, new() { ExitCode = 0, Mode = "local" })));
        Assert.Equal((Verdict.NotChecked, "BannerWithoutVerdict"), Of(Judge(Banner + CleanNamed, new() { ExitCode = 0, Mode = "normal" })));
    }

    [Fact]
    public void SilenceIsExplainedByTheFacts()
    {
        Assert.Equal("NoBanner", Judge("app: done\n", new() { ExitCode = 0 }).Rule);
        Assert.Equal("StaticProgram", Judge("app: done\n", new() { ExitCode = 0, IsStatic = true }).Rule);
        LeakJudgement removed = Judge("app: done\n", new() { ExitCode = 0, LibraryHasChecker = false, Allocator = "tcmalloc 2.18.1" });
        Assert.Equal("LibraryWithoutChecker", removed.Rule);
        Assert.StartsWith("tcmalloc 2.18.1", removed.Reason);
        Assert.Equal("NoStandardError", Judge(null, new() { ExitCode = 0 }).Rule);
        Assert.Equal("UnsupportedMode", Judge("Unsupported heap_check flag: bogus\n", new() { Signal = "SIGABRT" }).Rule);
        Assert.Equal("PreloadFailed", Judge("ERROR: ld.so: object 'x.so' from LD_PRELOAD cannot be preloaded (cannot open shared object file): ignored.\n", new() { ExitCode = 0 }).Rule);
    }

    [Fact]
    public void InactiveCheckersAreNotChecked() =>
        Assert.Equal(
            (Verdict.NotChecked, "InactiveCheckers"),
            Of(Judge("Heap checker is not active, hence checker \"check_a\" will do nothing!\nTo activate set the HEAPCHECK environment variable.\n", new() { ExitCode = 0 })));

    private static (Verdict, string) Of(LeakJudgement judgement) => (judgement.Verdict, judgement.Rule);
}
