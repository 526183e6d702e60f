using MemTools.Allocators.HeapCheck;
using MemTools.Allocators.Launch;
using MemTools.Reports.Model;

namespace MemTools.IntegrationTests.Launch;

/// <summary>What the preflight refuses and the user lets run all the same: never Clean, and with the reason that the preflight knew.</summary>
public sealed class OverriddenFindingTests(LaunchFixture fixture) : IClassFixture<LaunchFixture>
{
    private const string Main = "int main(void) { return 0; }";

    [Theory]
    [InlineData("Gperftools", "could not be preloaded")]
    [InlineData("LeakSanitizer", "LeakSanitizer could not be preloaded")]
    public async Task A_static_program(string engine, string reason)
    {
        AllocatorRun run = await RunAsync(LaunchFixture.Check(fixture.Compile("static", Main, "-static")) with { Engine = engine });
        Assert.Equal((Verdict.NotChecked, 0), (run.Verdict, run.ExitCode));
        Assert.StartsWith("The program is statically linked", run.VerdictReason, StringComparison.Ordinal);
        Assert.Contains(reason, run.VerdictReason, StringComparison.Ordinal);
        Assert.Equal(["StaticProgram"], run.OverriddenFindings.Keys);
    }

    [Fact]
    public async Task A_library_without_a_checker()
    {
        AllocatorRun run = await RunAsync(LaunchFixture.Check(fixture.Compile("plain", Main)) with { Allocator = LaunchFixture.Tcmalloc("libtcmalloc_minimal.so.4") });
        Assert.Equal(Verdict.NotChecked, run.Verdict);
        Assert.StartsWith("tcmalloc-minimal ", run.VerdictReason, StringComparison.Ordinal);
        Assert.Contains("has no heap checker", run.VerdictReason, StringComparison.Ordinal);
        Assert.Equal(["HeapCheckAbsent"], run.OverriddenFindings.Keys);
    }

    /// <summary>The real checker says "No leaks found" of a program whose allocations it never saw.</summary>
    [Theory]
    [InlineData("Gperftools")]
    [InlineData("LeakSanitizer")]
    public async Task A_program_with_its_own_malloc_is_not_clean(string engine)
    {
        string program = fixture.Compile("own", """
            #include <stddef.h>
            static char room[1 << 20];
            static size_t used;
            void *malloc(size_t n) { void *p = room + used; used += (n + 15) & ~(size_t)15; return p; }
            void free(void *p) { (void)p; }
            void *calloc(size_t n, size_t m) { return malloc(n * m); }
            void *realloc(void *p, size_t n) { (void)p; return malloc(n); }
            void *volatile lost;
            int main(void) { for (int i = 0; i < 10; i++) lost = malloc(100); lost = 0; return 0; }
            """, "-fno-builtin");
        AllocatorRun run = await RunAsync(LaunchFixture.Check(program) with { Engine = engine });
        Assert.Equal(Verdict.NotChecked, run.Verdict);
        Assert.Contains("ProgramDefinesMalloc", run.OverriddenFindings.Keys);
        Assert.All(
            RunReports.Read(run, new(), new MemTools.Reports.LocalFileSource(), null, LaunchFixture.Token), static report => Assert.Equal(Verdict.NotChecked, report.Verdict));
    }

    /// <summary>The wrapper is checked and clean, the program behind it is not checked at all.</summary>
    [Fact]
    public async Task A_wrapper_that_drops_the_environment_is_not_the_program()
    {
        string wrapper = LaunchFixture.Tool("env");
        AllocatorRun run = await RunAsync(LaunchFixture.Check(wrapper, HeapCheckMode.Normal, "-i", fixture.Compile("plain", Main)));
        Assert.Equal(Verdict.NotChecked, run.Verdict);
        Assert.Contains("EnvironmentNotPassedOn", run.OverriddenFindings.Keys);
    }

    private Task<AllocatorRun> RunAsync(LaunchRequest request) => fixture.RunAsync(request with { AllowUnchecked = true });
}
