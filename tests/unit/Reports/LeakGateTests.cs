using MemTools.Reports.Gate;
using MemTools.Reports.Model;

namespace MemTools.Tests.Reports;

/// <summary>What the gate lets through, and what it says when it does not.</summary>
public sealed class LeakGateTests
{
    private static LeakRecord Leak(string function, long bytes, long objects, LeakKind kind = LeakKind.Lost) => new()
    {
        Bytes = bytes, Objects = objects, Function = function, Location = "/src/a.c:7", Module = "/opt/app/libmine.so.1", Kind = kind, Fingerprint = function,
        Stack = [new StackFrame { Function = function, File = "/src/a.c", Line = 7, Module = "/opt/app/libmine.so.1" }, new StackFrame { Function = "main", Module = "/opt/app/app" }],
    };

    private static LeakReport Report(params LeakRecord[] leaks) => new()
    {
        Engine = "gperftools", Check = "_main_", Verdict = leaks.Length > 0 ? Verdict.Leaks : Verdict.Clean, FilePath = "/opt/app/app", ProcessId = 7,
        Bytes = leaks.Sum(l => l.Bytes), Objects = leaks.Sum(l => l.Objects), Leaks = leaks,
    };

    [Theory]
    [InlineData(null, null, LeakGateOutcome.Leaks)]
    [InlineData(301L, null, LeakGateOutcome.Passed)]
    [InlineData(300L, null, LeakGateOutcome.Leaks)]
    [InlineData(null, 3L, LeakGateOutcome.Passed)]
    [InlineData(null, 2L, LeakGateOutcome.Leaks)]
    [InlineData(301L, 2L, LeakGateOutcome.Leaks)]
    public void Limits(long? bytes, long? objects, LeakGateOutcome expected) =>
        Assert.Equal(expected, LeakGate.Decide([Report(Leak("f", 100, 1), Leak("g", 200, 2))], new LeakGateOptions { LessThanBytes = bytes, MaxObjects = objects }).Outcome);

    [Fact]
    public void No_leak_passes_any_limit() =>
        Assert.Equal(LeakGateOutcome.Passed, LeakGate.Decide([Report()], new LeakGateOptions { LessThanBytes = 0, MaxObjects = 0 }).Outcome);

    [Fact]
    public void Nothing_checked_does_not_pass()
    {
        Assert.Equal(LeakGateOutcome.NotChecked, LeakGate.Decide([], new LeakGateOptions()).Outcome);
        LeakReport silent = new() { Verdict = Verdict.NotChecked, VerdictReason = "killed" };
        Assert.Equal(LeakGateOutcome.NotChecked, LeakGate.Decide([Report(), silent], new LeakGateOptions()).Outcome);
        Assert.Equal(LeakGateOutcome.Passed, LeakGate.Decide([Report(), silent], new LeakGateOptions { AllowUnchecked = true }).Outcome);
        Assert.Equal(LeakGateOutcome.Leaks, LeakGate.Decide([Report(Leak("f", 1, 1)), silent], new LeakGateOptions()).Outcome);
    }

    [Fact]
    public void Reachable_memory_is_no_leak() =>
        Assert.Equal(LeakGateOutcome.Passed, LeakGate.Decide([Report(Leak("f", 100, 1, LeakKind.Reachable))], new LeakGateOptions()).Outcome);

    [Theory]
    [InlineData("f")]
    [InlineData("main")]
    [InlineData("a.c")]
    [InlineData("/src/*")]
    [InlineData("libmine.so*")]
    public void A_matching_frame_is_ignored(string pattern)
    {
        LeakGateResult result = LeakGate.Decide([Report(Leak("f", 100, 1))], new LeakGateOptions { Ignore = [pattern] });
        Assert.Equal(LeakGateOutcome.Passed, result.Outcome);
        Assert.Equal(1, result.Ignored);
    }

    [Fact]
    public void Only_matching_modules_count()
    {
        Assert.Equal(LeakGateOutcome.Leaks, LeakGate.Decide([Report(Leak("f", 100, 1))], new LeakGateOptions { Modules = ["libmine.so*"] }).Outcome);
        Assert.Equal(LeakGateOutcome.Passed, LeakGate.Decide([Report(Leak("f", 100, 1))], new LeakGateOptions { Modules = ["libother.so*"] }).Outcome);
    }

    [Fact]
    public void Of_a_baseline_only_the_growth_counts()
    {
        LeakGateResult result = LeakGate.Decide(
            [Report(Leak("f", 1000, 10), Leak("g", 50, 1), Leak("h", 20, 1))], new LeakGateOptions { Baseline = [Report(Leak("f", 400, 4), Leak("h", 20, 1))] });
        Assert.Equal([("f", 600L, 6L, LeakStatus.Grown), ("g", 50L, 1L, LeakStatus.New)], result.Leaks.Select(l => (l.Function!, l.Bytes, l.Objects, l.Status)));
        Assert.Equal(650, result.Bytes);
        Assert.Equal(1, result.Known);
    }

    [Fact]
    public void What_has_no_stack_cannot_be_excused()
    {
        LeakReport cut = Report(Leak("f", 100, 1)) with { Bytes = 500, Objects = 4 };
        LeakGateResult result = LeakGate.Decide([cut], new LeakGateOptions { Ignore = ["*"] });
        Assert.Equal((LeakGateOutcome.Leaks, 400L, 3L, 400L), (result.Outcome, result.Bytes, result.Objects, result.UnattributedBytes));
        Assert.Equal(LeakGateOutcome.Passed, LeakGate.Decide([cut], new LeakGateOptions { Baseline = [cut] }).Outcome);
    }

    [Fact]
    public void The_message_has_totals_limit_leaks_and_ways_out()
    {
        LeakGateResult result = LeakGate.Decide([Report([.. Enumerable.Range(1, 7).Select(i => Leak($"f{i}", 1000 * i, i))])], new LeakGateOptions { LessThanBytes = 1024 });
        string[] lines = LeakGateText.Message(result, ["the way"]).Split('\n');
        Assert.Equal("28,000 bytes in 28 objects leaked; allowed: fewer than 1,024 bytes.", lines[0]);
        Assert.Equal("app (process 7): 28,000 bytes (27.3 KiB) in 28 objects, checked by gperftools (_main_)", lines[1]);
        Assert.Equal(["  7,000 bytes in 7 objects", "      f7 at /src/a.c:7", "      main"], lines[3..6]);
        Assert.Contains("  and 2 more stacks (3,000 bytes (2.9 KiB))", lines);
        Assert.Equal("  the way", lines[^1]);
    }
}
