using MemTools.Allocators.Launch;
using MemTools.Reports.Model;

namespace MemTools.IntegrationTests.Launch;

/// <summary>Programs that close their standard error before the end, as GNU's coreutils do to see write errors: the checker speaks after that.</summary>
public sealed class LateWordsTests(LaunchFixture fixture) : IClassFixture<LaunchFixture>
{
    private const string Source = """
        #include <stdio.h>
        #include <stdlib.h>
        #include <unistd.h>
        static void quiet(void) { fclose(stdout); fclose(stderr); }
        static void __attribute__((noinline)) leak(size_t size) { volatile char *p = malloc(size); p[0] = 1; }
        int main(int argc, char **argv) {
            atexit(quiet);
            if (argc > 1)
                leak((size_t)atoi(argv[1]));
            volatile char pad[4096];
            for (int i = 0; i < 4096; i++) pad[i] = 0;
            fputs("mine\n", stderr);
            if (argc > 2)
                _exit((quiet(), 0));
            return 0;
        }
        """;

    [Fact]
    public async Task Ls_is_clean_and_the_checkers_helper_is_no_child_of_its()
    {
        AllocatorRun run = await fixture.RunAsync(LaunchFixture.Check("/bin/ls", arguments: "/"));
        Assert.Equal((Verdict.Clean, 0), (run.Verdict, run.ExitCode));
        Assert.Empty(run.Children);
        Assert.Empty(Directory.EnumerateFiles(run.RunPath!, "late-stderr.*"));
    }

    [Fact]
    public async Task A_clean_program_is_clean_and_its_own_words_come_first()
    {
        AllocatorRun run = await fixture.RunAsync(LaunchFixture.Check(fixture.Compile("quiet", Source)));
        Assert.Equal((Verdict.Clean, 0), (run.Verdict, run.ExitCode));
        string words = await File.ReadAllTextAsync(run.StandardErrorPath!, LaunchFixture.Token);
        Assert.InRange(words.IndexOf("No leaks found for check \"_main_\"", StringComparison.Ordinal), words.IndexOf("mine", StringComparison.Ordinal) + 1, int.MaxValue);
    }

    [Fact]
    public async Task Leaks_are_told_in_words_too()
    {
        AllocatorRun run = await fixture.RunAsync(LaunchFixture.Check(fixture.Compile("quiet", Source), arguments: "777"));
        Assert.Equal((Verdict.Leaks, 1), (run.Verdict, run.ExitCode));
        Assert.Contains("777", run.VerdictReason, StringComparison.Ordinal);
        Assert.Contains("Leak of 777 bytes in 1 objects", await File.ReadAllTextAsync(run.StandardErrorPath!, LaunchFixture.Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_exit_handlers_nothing_was_checked()
    {
        AllocatorRun run = await fixture.RunAsync(LaunchFixture.Check(fixture.Compile("quiet", Source), arguments: ["777", "now"]) with { AllowUnchecked = true });
        Assert.Equal(Verdict.NotChecked, run.Verdict);
    }
}
