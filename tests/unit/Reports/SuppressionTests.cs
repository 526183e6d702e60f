using MemTools.Reports.Errors;
using MemTools.Reports.Leaks;
using MemTools.Reports.Model;

namespace MemTools.Tests.Reports;

public class SuppressionTests
{
    private static readonly DateOnly Today = new(2026, 10, 9);

    private static LeakRecord Leak(string name, long bytes = 100, LeakKind kind = LeakKind.Lost) => new()
    {
        Bytes = bytes, Objects = 1, Kind = kind, Function = $"acme::{name}(int)", Fingerprint = name,
        Stack =
        [
            new() { Function = "malloc", Module = "/usr/lib/libtcmalloc.so.4" },
            new() { Function = "std::allocator<char>::allocate(unsigned long)", Module = "/srv/app" },
            new() { Function = $"acme::{name}(int)", Module = "/srv/app", File = "/src/acme/make.cpp", Line = 12 },
            new() { Function = "main", Module = "/srv/app", File = "/src/main.cpp", Line = 3 },
        ],
    };

    private static bool Matches(string file, LeakRecord leak) => Assert.Single(SuppressionFile.Parse(file, "s.supp")).Matches(leak);

    [Theory]
    [InlineData("leak:make", true)]
    [InlineData("leak:acme::make", true)]
    [InlineData("leak:make.cpp", true)]
    [InlineData("leak:libtcmalloc", true)]
    [InlineData("leak:a*::make", true)]
    [InlineData("leak:^make", false)]
    [InlineData("leak:^acme::make(int)$", true)]
    [InlineData("leak:main$", true)]
    [InlineData("leak:mak?", false)]
    [InlineData("leak:other", false)]
    public void LeakSanitizersForm(string file, bool matches) => Assert.Equal(matches, Matches(file, Leak("make")));

    [Theory]
    [InlineData("fun:malloc\n...\nfun:acme::make", true)]
    [InlineData("...\nfun:acme::make(int)\nfun:main", true)]
    [InlineData("...\nfun:acme::make*\nobj:*/app", true)]
    [InlineData("...\nsrc:make.cpp:12", true)]
    [InlineData("...\nsrc:make.cpp:13", false)]
    [InlineData("...\nobj:/srv/app", true)]
    [InlineData("...\nfun:_ZN4acme4makeEi", true)]
    [InlineData("...\nfun:_ZN4acme5otherEi", false)]
    [InlineData("fun:*alloc\nfun:std::allocator<char>::allocate\nfun:acme::make", true)]
    [InlineData("fun:std::allocator<char>::allocate\nfun:acme::make", true)]
    [InlineData("fun:acme::make", false)]
    [InlineData("fun:main", false)]
    [InlineData("...\nfun:main\nfun:nobody", false)]
    [InlineData("match-leak-kinds: definite\n...\nfun:main", true)]
    [InlineData("match-leak-kinds: possible,indirect\n...\nfun:main", false)]
    public void ValgrindsForm(string lines, bool matches) =>
        Assert.Equal(matches, Matches($"{{\n  a name\n  Memcheck:Leak\n{lines}\n}}\n", Leak("make")));

    [Fact]
    public void StackWithoutAllocatorFramesMatchesTheSameFile()
    {
        LeakRecord gperftools = Leak("make") with { Stack = [.. Leak("make").Stack.Skip(2)] };
        Assert.True(Matches("{\n  n\n  Memcheck:Leak\n  fun:malloc\n  fun:acme::make\n}\n", gperftools));
        Assert.True(Matches("{\n  n\n  Memcheck:Leak\n  fun:_Znw*\n  fun:acme::make\n}\n", gperftools));
    }

    [Fact]
    public void ReadsReasonsExpiryAndForeignLines()
    {
        IReadOnlyList<LeakSuppression> all = SuppressionFile.Parse(
            """
            # just a remark
            # reason: by design
            # expires: 2026-12-31
            leak:first
            race:other_tool
            {
               # reason: inside
               named
               Memcheck:Leak
               fun:main
            }
            {
               not a leak
               Memcheck:Cond
               fun:main
            }
            leak:last
            """, "s.supp");
        Assert.Equal(["first", "named", "last"], all.Select(s => s.Name));
        Assert.Equal(["by design", "inside", null], all.Select(s => s.Reason));
        Assert.Equal(new DateOnly(2026, 12, 31), all[0].Expires);
        Assert.Equal(["s.supp:4", "s.supp:6", "s.supp:17"], all.Select(s => s.Source));
    }

    [Theory]
    [InlineData("leak:", 1)]
    [InlineData("nonsense", 1)]
    [InlineData("# expires: soon\nleak:x", 1)]
    [InlineData("\n{\n name\n Memcheck:Leak\n fun:x\n", 2)]
    [InlineData("{\n name\n Memcheck:Leak\n}", 4)]
    [InlineData("{\n name\n Memcheck:Leak\n ...\n}", 5)]
    [InlineData("{\n name\n Memcheck:Leak\n what:x\n}", 4)]
    [InlineData("{\n name\n Memcheck:Leak\n match-leak-kinds: some\n fun:x\n}", 4)]
    public void RefusesWhatIsWrong(string text, int line)
    {
        MemToolsException error = Assert.Throws<MemToolsException>(() => SuppressionFile.Parse(text, "s.supp"));
        Assert.Equal("SuppressionMalformed", error.ErrorId);
        Assert.Contains($"s.supp, line {line}:", error.Message);
    }

    [Fact]
    public void TellsUsedUnusedAndExpired()
    {
        LeakReport report = new() { Verdict = Verdict.Leaks, Bytes = 350, Objects = 3, Leaks = [Leak("one", 200), Leak("two"), Leak("three", 50)] };
        SuppressionResult result = LeakSuppressor.Apply(
            [report],
            SuppressionFile.Parse("leak:acme::one\nleak:nothing\n# expires: 2026-10-08\nleak:acme::two\n# expires: 2026-10-09\nleak:acme::three\n", "s.supp"),
            Today);
        Assert.Equal(
            [SuppressionState.Used, SuppressionState.Unused, SuppressionState.Expired, SuppressionState.Used], result.Uses.Select(u => u.State));
        Assert.Equal([1, 0, 1, 1], result.Uses.Select(u => u.Records));
        LeakReport left = Assert.Single(result.Reports);
        Assert.Equal(("two", 100L, 1L), (Assert.Single(left.Leaks).Fingerprint, left.Bytes, left.Objects));
        Assert.Equal([LeakStatus.Suppressed, LeakStatus.Suppressed], left.Suppressed.Select(s => s.Status));
        Assert.Equal(2, result.Warnings.Count);
        Assert.Contains("expired on 2026-10-08; it would have matched 100 bytes", result.Warnings[0]);
    }

    [Fact]
    public void ReportWithNothingLeftIsClean()
    {
        LeakReport report = new() { Verdict = Verdict.Leaks, Bytes = 100, Objects = 1, Leaks = [Leak("one")] };
        Assert.Equal(Verdict.Clean, LeakSuppressor.Apply([report], SuppressionFile.Parse("leak:one", "s"), Today).Reports[0].Verdict);

        // More was announced than listed: the rest is still a leak.
        report = report with { Bytes = 150, Objects = 2 };
        Assert.Equal(Verdict.Leaks, LeakSuppressor.Apply([report], SuppressionFile.Parse("leak:one", "s"), Today).Reports[0].Verdict);

        // What was not checked does not become clean.
        report = report with { Verdict = Verdict.NotChecked, Bytes = 100, Objects = 1 };
        Assert.Equal(Verdict.NotChecked, LeakSuppressor.Apply([report], SuppressionFile.Parse("leak:one", "s"), Today).Reports[0].Verdict);
    }

    [Fact]
    public void WrittenSuppressionMatchesItsLeakAlone()
    {
        string text = SuppressionText.Of(Leak("make"), "kept for\nthe cache", new DateOnly(2027, 1, 31));
        LeakSuppression read = Assert.Single(SuppressionFile.Parse(text, "s.supp"));
        Assert.Equal(("kept for the cache", new DateOnly(2027, 1, 31)), (read.Reason, read.Expires!.Value));
        Assert.True(read.Matches(Leak("make")));
        Assert.False(read.Matches(Leak("other")));

        LeakRecord unnamed = new() { Fingerprint = "00ff", Stack = [new() { Module = "/srv/app", Offset = 5 }] };
        read = Assert.Single(SuppressionFile.Parse(SuppressionText.Of(unnamed, null, null), "s.supp"));
        Assert.True(read.Matches(unnamed));
        Assert.False(read.Matches(unnamed with { Fingerprint = "00fe" }));
    }
}
