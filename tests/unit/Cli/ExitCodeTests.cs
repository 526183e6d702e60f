using MemTools.Allocators.HeapCheck;
using MemTools.Allocators.Launch;
using MemTools.Cli.Infrastructure;
using MemTools.Cli.Running;
using MemTools.Reports.Errors;
using MemTools.Reports.Model;

namespace MemTools.Tests.Cli;

public sealed class ExitCodeTests
{
    [Theory]
    // heap check, verdict, allow unchecked, exit code, signal → expected
    [InlineData(HeapCheckMode.Normal, Verdict.Leaks, false, 1, null, 1)]
    [InlineData(HeapCheckMode.Normal, Verdict.Leaks, true, 0, null, 1)]
    [InlineData(HeapCheckMode.Normal, Verdict.NotChecked, false, 0, null, 3)]
    [InlineData(HeapCheckMode.Normal, Verdict.NotChecked, false, 7, null, 3)]
    [InlineData(HeapCheckMode.Normal, Verdict.NotChecked, true, 7, null, 7)]
    [InlineData(HeapCheckMode.Normal, Verdict.NotChecked, true, null, "SIGSEGV", 139)]
    [InlineData(HeapCheckMode.Normal, Verdict.Clean, false, 5, null, 5)]
    [InlineData(HeapCheckMode.None, Verdict.NotChecked, false, 0, null, 0)]
    [InlineData(HeapCheckMode.None, Verdict.NotChecked, false, 42, null, 42)]
    [InlineData(HeapCheckMode.None, Verdict.NotChecked, false, null, "SIGTERM", 143)]
    public void A_run_ends_with(HeapCheckMode check, Verdict verdict, bool allow, int? exitCode, string? signal, int expected)
    {
        var run = new AllocatorRun { Id = "x", FilePath = "/bin/true", State = RunState.Exited, HeapCheck = check, Verdict = verdict, ExitCode = exitCode, Signal = signal };
        Assert.Equal(expected, RunExitCode.Of(run, allow));
    }

    [Theory]
    [InlineData(false, 0, Verdict.Clean)]
    [InlineData(false, 1, Verdict.Clean, Verdict.Leaks, Verdict.NotChecked)]
    [InlineData(false, 3, Verdict.Clean, Verdict.NotChecked)]
    [InlineData(true, 0, Verdict.Clean, Verdict.NotChecked)]
    public void Reports_end_with(bool allow, int expected, params Verdict[] verdicts) =>
        Assert.Equal(expected, RunExitCode.Of(verdicts.Select(verdict => new LeakReport { Verdict = verdict }), allow));

    [Theory]
    [InlineData(MemToolsErrorCategory.InvalidArgument, 2)]
    [InlineData(MemToolsErrorCategory.ObjectNotFound, 3)]
    [InlineData(MemToolsErrorCategory.NotInstalled, 3)]
    [InlineData(MemToolsErrorCategory.ParserError, 3)]
    public void Errors_end_with(MemToolsErrorCategory category, int expected) =>
        Assert.Equal(expected, ErrorPrinter.ExitCodeOf(new MemToolsException("Any", category, "message")));
}
