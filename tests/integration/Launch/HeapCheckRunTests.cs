using System.Text;
using MemTools.Allocators.HeapCheck;
using MemTools.Allocators.Launch;
using MemTools.Reports.Model;

namespace MemTools.IntegrationTests.Launch;

/// <summary>Real programs under the real heap checker: what the run proves.</summary>
public sealed class HeapCheckRunTests(LaunchFixture fixture) : IClassFixture<LaunchFixture>
{
    [Theory]
    [InlineData("basic_c", HeapCheckMode.Normal, 7036, 15)]
    [InlineData("basic_c", HeapCheckMode.Minimal, 7036, 15)]
    [InlineData("basic_c", HeapCheckMode.Strict, 7036, 15)]
    [InlineData("basic_c", HeapCheckMode.AsIs, 7036, 15)]
    [InlineData("many", HeapCheckMode.Normal, 155000, 465)]
    [InlineData("templ_O2", HeapCheckMode.Normal, 1584, 10)]
    public async Task Leaks_are_found(string program, HeapCheckMode mode, long bytes, long objects)
    {
        AllocatorRun run = await fixture.RunAsync(LaunchFixture.Check(LaunchFixture.Program(program), mode));
        Assert.Equal(Verdict.Leaks, run.Verdict);
        Assert.Contains($"{bytes} bytes in {objects} objects", run.VerdictReason, StringComparison.Ordinal);
        Assert.Equal(1, run.ExitCode);
        string report = Assert.Single(run.ReportPaths);
        Assert.EndsWith($".{run.ProcessId}._main_-end.heap", report, StringComparison.Ordinal);
        Assert.StartsWith($"heap profile: {objects,6}: {bytes,8}", File.ReadLines(report).First(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clean_program_is_clean_by_the_checkers_own_words()
    {
        AllocatorRun run = await fixture.RunAsync(LaunchFixture.Check(LaunchFixture.Program("clean")));
        Assert.Equal((Verdict.Clean, 0), (run.Verdict, run.ExitCode));
        Assert.Contains("No leaks found", await File.ReadAllTextAsync(run.StandardErrorPath!, LaunchFixture.Token), StringComparison.Ordinal);
        Assert.Empty(run.ReportPaths);
    }

    [Theory]
    [InlineData("segv", "SIGSEGV", null)]
    [InlineData("abort", "SIGABRT", null)]
    [InlineData("term", "SIGTERM", null)]
    [InlineData("_exit", null, 4)]
    [InlineData("quick", null, 5)]
    public async Task An_end_before_the_exit_handlers_proves_nothing(string how, string? signal, int? code)
    {
        AllocatorRun run = await fixture.RunAsync(LaunchFixture.Check(LaunchFixture.Program("abnormal"), HeapCheckMode.Normal, how));
        Assert.Equal((Verdict.NotChecked, signal, code), (run.Verdict, run.Signal, run.ExitCode));
        Assert.Contains(signal ?? "_exit", run.VerdictReason, StringComparison.Ordinal);
        Assert.Empty(run.ReportPaths);
    }

    /// <summary>The program prints the words of a passing check and then escapes from the real one.</summary>
    [Theory]
    [InlineData("_exit(0);", false)]
    [InlineData("raise(SIGKILL);", false)]
    [InlineData("", true)]
    public async Task Words_of_a_passing_check_that_the_program_prints_prove_nothing(string end, bool isStatic)
    {
        string program = fixture.Compile("forged" + (isStatic ? "static" : end.Length), $$"""
            #include <signal.h>
            #include <stdio.h>
            #include <unistd.h>
            int main(void) {
                {{(isStatic ? "fputs(\"WARNING: Perftools heap leak checker is active -- Performance may suffer\\n\", stderr);" : "")}}
                fputs("No leaks found for check \"_main_\" (but no 100% guarantee that there aren't any): found 5 reachable heap objects of 720 bytes\n", stderr);
                {{end}}
                return 0;
            }
            """, isStatic ? ["-static"] : []);
        AllocatorRun run = await fixture.RunAsync(LaunchFixture.Check(program) with { AllowUnchecked = true });
        Assert.Equal(Verdict.NotChecked, run.Verdict);
        Assert.Contains("exit handlers", run.VerdictReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_checkers_exit_code_replaces_the_programs()
    {
        AllocatorRun run = await fixture.RunAsync(LaunchFixture.Check(LaunchFixture.Program("abnormal"), HeapCheckMode.Normal, "exit7"));
        Assert.Equal((Verdict.Leaks, 1), (run.Verdict, run.ExitCode));
        Assert.Contains("321 bytes in 1 objects", run.VerdictReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_traced_program_is_not_clean_although_the_checker_says_so()
    {
        string strace = LaunchFixture.Tool("strace");
        AllocatorRun run = await fixture.RunAsync(
            LaunchFixture.Check(strace, HeapCheckMode.Normal, "-f", "-o", "/dev/null", LaunchFixture.Program("basic_c")) with { AllowUnchecked = true });
        Assert.Equal((Verdict.NotChecked, 0), (run.Verdict, run.ExitCode));
        Assert.Contains("ptrace", run.VerdictReason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("basic_static")]
    public async Task A_static_program_is_not_checked(string program)
    {
        AllocatorRun run = await fixture.RunAsync(LaunchFixture.Check(LaunchFixture.Program(program)) with { AllowUnchecked = true });
        Assert.Equal((Verdict.NotChecked, 0), (run.Verdict, run.ExitCode));
    }

    [Fact]
    public async Task A_library_without_checker_is_not_a_clean_bill()
    {
        AllocatorRun run = await fixture.RunAsync(
            LaunchFixture.Check(LaunchFixture.Program("basic_c")) with
            {
                Allocator = LaunchFixture.Tcmalloc("libtcmalloc_minimal.so.4"), AllowUnchecked = true,
            });
        Assert.Equal((Verdict.NotChecked, 0), (run.Verdict, run.ExitCode));
    }

    [Fact]
    public async Task Forked_children_are_named_and_executed_ones_are_reports_of_their_own()
    {
        AllocatorRun run = await fixture.RunAsync(LaunchFixture.Check(LaunchFixture.Program("forkexec")));
        Assert.Equal(Verdict.Leaks, run.Verdict);
        Assert.Equal(2, run.ReportPaths.Count);
        Assert.Equal(2, run.Children.Count);
        ChildProcess forked = Assert.Single(run.Children, c => c.RunsProgramCode);
        Assert.Equal(run.ProcessId, forked.ParentProcessId);
        Assert.Contains(run.Warnings, w => w.Contains($"{forked.ProcessId} (app)", StringComparison.Ordinal) && w.Contains("forked", StringComparison.Ordinal));
        Assert.Contains(run.ReportPaths, p => p.Contains($".{run.ProcessId}.", StringComparison.Ordinal));
        Assert.Contains(run.ReportPaths, p => p.Contains($".{run.Children.Single(c => !c.RunsProgramCode).ProcessId}.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_clean_program_with_a_forked_child_is_not_a_clean_bill()
    {
        string program = fixture.Compile("forker", """
            #include <stdlib.h>
            #include <sys/wait.h>
            #include <unistd.h>
            int main(void) { pid_t c = fork(); if (c == 0) { volatile char *p = malloc(5000); p[0] = 1; p = 0; exit(0); } waitpid(c, 0, 0); return 0; }
            """);
        AllocatorRun run = await fixture.RunAsync(LaunchFixture.Check(program));
        Assert.Equal((Verdict.NotChecked, 0), (run.Verdict, run.ExitCode));
        Assert.Contains("forked", run.VerdictReason, StringComparison.Ordinal);
        Assert.Single(run.Children);
    }

    [Fact]
    public async Task Threads_are_not_children()
    {
        AllocatorRun run = await fixture.RunAsync(LaunchFixture.Check(LaunchFixture.Program("threads")));
        Assert.Equal(Verdict.Leaks, run.Verdict);
        Assert.Empty(run.Children);
    }

    [Fact]
    public async Task A_shell_in_front_is_checked_too_and_does_not_spoil_the_verdict()
    {
        AllocatorRun run = await fixture.RunAsync(
            LaunchFixture.Check("/bin/sh", HeapCheckMode.Normal, "-c", $"exec {LaunchFixture.Program("basic_c")}") with { AllowUnchecked = true });
        Assert.Equal((Verdict.Leaks, 1), (run.Verdict, run.ExitCode));
        AllocatorRun clean = await fixture.RunAsync(
            LaunchFixture.Check(LaunchFixture.Tool("env"), HeapCheckMode.Normal, LaunchFixture.Program("clean")) with { AllowUnchecked = true });
        Assert.Equal((Verdict.Clean, 0), (clean.Verdict, clean.ExitCode));
    }

    [Fact]
    public async Task Closed_standard_error_leaves_the_file_as_evidence()
    {
        string program = fixture.Compile("closer", """
            #include <stdlib.h>
            #include <unistd.h>
            static void __attribute__((noinline)) leak(void) { volatile char *p = malloc(777); p[0] = 1; }
            int main(void) { leak(); volatile char pad[4096]; for (int i = 0; i < 4096; i++) pad[i] = 0; close(2); return 0; }
            """);
        AllocatorRun run = await fixture.RunAsync(LaunchFixture.Check(program));
        Assert.Equal((Verdict.Leaks, 1), (run.Verdict, run.ExitCode));
        Assert.Single(run.ReportPaths);
    }

    [Fact]
    public async Task Silenced_words_leave_the_file_as_evidence()
    {
        var silent = new Dictionary<string, string?> { ["PERFTOOLS_VERBOSE"] = "-10" };
        AllocatorRun leaky = await fixture.RunAsync(LaunchFixture.Check(LaunchFixture.Program("basic_c")) with { Environment = silent });
        Assert.Equal((Verdict.Leaks, 1), (leaky.Verdict, leaky.ExitCode));
        AllocatorRun clean = await fixture.RunAsync(LaunchFixture.Check(LaunchFixture.Program("clean")) with { Environment = silent });
        Assert.Equal((Verdict.NotChecked, 0), (clean.Verdict, clean.ExitCode));
        Assert.Contains(clean.Warnings, w => w.Contains("PERFTOOLS_VERBOSE", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Lines_that_look_like_the_checkers_are_the_programs()
    {
        string program = fixture.Compile("noisy", """
            #include <stdlib.h>
            #include <stdio.h>
            static void __attribute__((noinline)) leak(void) { volatile char *p = malloc(1234); p[0] = 1; }
            static void bye(void) { fprintf(stderr, "atexit: Leak of 99 bytes in 1 objects allocated from:\n\t@ 0xdeadbeef not_a_leak\n"); }
            int main(void) {
              atexit(bye);
              fprintf(stderr, "No leaks found for check \"_main_\" (but I only say so)\n==1== not valgrind\n");
              leak();
              volatile char pad[4096]; for (int i = 0; i < 4096; i++) pad[i] = 0;
              fputs("text without newline", stderr);
              return 3;
            }
            """);
        var shown = new StringBuilder();
        var checker = new StringBuilder();
        AllocatorRun run = await fixture.RunAsync(
            LaunchFixture.Check(program),
            new LaunchObserver
            {
                StandardError = b => shown.Append(Encoding.Latin1.GetString(b.Span)),
                Checker = b => checker.Append(Encoding.Latin1.GetString(b.Span)),
            });
        Assert.Equal((Verdict.Leaks, 1), (run.Verdict, run.ExitCode));
        Assert.Contains("1234 bytes in 1 objects", run.VerdictReason, StringComparison.Ordinal);
        Assert.Contains("==1== not valgrind\n", shown.ToString(), StringComparison.Ordinal);
        Assert.Contains("text without newline", shown.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Perftools heap leak checker is active", shown.ToString(), StringComparison.Ordinal);
        Assert.Contains("Perftools heap leak checker is active", checker.ToString(), StringComparison.Ordinal);
        string raw = await File.ReadAllTextAsync(run.StandardErrorPath!, Encoding.Latin1, LaunchFixture.Token);
        Assert.Equal(raw.Length, shown.Length + checker.Length);
    }

    [Fact]
    public async Task Two_runs_at_once_do_not_meet()
    {
        Task<AllocatorRun>[] runs = [.. Enumerable.Range(0, 4).Select(_ => fixture.RunAsync(LaunchFixture.Check(LaunchFixture.Program("basic_c"))))];
        AllocatorRun[] done = await Task.WhenAll(runs);
        Assert.All(done, run => Assert.Equal(Verdict.Leaks, run.Verdict));
        Assert.All(done, run => Assert.Single(run.ReportPaths));
        Assert.Equal(4, done.Select(run => run.Id).Distinct().Count());
    }
}
