using MemTools.Reports.Compare;
using MemTools.Reports.Leaks;
using MemTools.Reports.Model;

namespace MemTools.Tests.Reports;

public class LeakComparisonTests
{
    private static LeakReport Report(params (string Fingerprint, long Bytes, long Objects)[] leaks) =>
        new() { Leaks = [.. leaks.Select(l => new LeakRecord { Fingerprint = l.Fingerprint, Bytes = l.Bytes, Objects = l.Objects })] };

    [Fact]
    public void TellsAllFiveApart()
    {
        IReadOnlyList<LeakDifference> differences = LeakComparison.Compare(
            [Report(("gone", 10, 1), ("grown", 100, 10), ("shrunk", 100, 10), ("same", 50, 5))],
            [Report(("new", 7, 1), ("grown", 300, 30), ("shrunk", 20, 2), ("same", 50, 5))]);
        Assert.Equal(
            [("new", LeakStatus.New, 7L), ("grown", LeakStatus.Grown, 200L), ("same", LeakStatus.Same, 0L), ("shrunk", LeakStatus.Shrunk, -80L), ("gone", LeakStatus.Fixed, -10L)],
            differences.Select(d => (d.Fingerprint, d.Status, d.BytesDelta)));
    }

    [Theory]
    [InlineData(100, 10, 110, 11, LeakStatus.Same)]
    [InlineData(100, 10, 90, 9, LeakStatus.Same)]
    [InlineData(100, 10, 120, 12, LeakStatus.Grown)]
    [InlineData(100, 10, 101, 10, LeakStatus.Grown)]
    [InlineData(100, 10, 400, 11, LeakStatus.Grown)]
    [InlineData(100, 10, 99, 10, LeakStatus.Shrunk)]
    public void OneObjectIsJitter(long bytesBefore, long objectsBefore, long bytes, long objects, LeakStatus status) =>
        Assert.Equal(status, Assert.Single(LeakComparison.Compare([Report(("x", bytesBefore, objectsBefore))], [Report(("x", bytes, objects))])).Status);

    [Fact]
    public void AddsUpProcesses()
    {
        LeakDifference difference = Assert.Single(LeakComparison.Compare([Report(("x", 10, 1)), Report(("x", 30, 3))], [Report(("x", 40, 4))]));
        Assert.Equal((LeakStatus.Same, 40L, 40L), (difference.Status, difference.Bytes, difference.BaselineBytes));
    }

    [Fact]
    public void MarksTheCurrentReport()
    {
        LeakReport marked = Assert.Single(LeakComparison.Mark([Report(("x", 10, 1))], [Report(("x", 10, 1), ("y", 5, 1))]));
        Assert.Equal([LeakStatus.Same, LeakStatus.New], marked.Leaks.Select(l => l.Status));
    }

    [Fact]
    public void FingerprintSurvivesMovesAndMachines()
    {
        StackFrame[] stack =
        [
            new() { Address = 1, Module = "/usr/lib/x86_64-linux-gnu/libtcmalloc.so.4.5.10", Function = "operator new(unsigned long)" },
            new() { Address = 0x5510, Module = "/srv/a/app", Offset = 0x1510, Function = "make(int)", File = "/src/a.cpp", Line = 10 },
            new() { Address = 0x5600, Module = "/srv/a/app", Offset = 0x1600, Function = "main", File = "/src/a.cpp", Line = 99 },
            new() { Address = 0x7f00, Module = "/lib/libc.so.6", Offset = 0x2724a, Function = "__libc_start_call_main" },
        ];
        StackFrame[] moved =
        [
            new() { Address = 2, Module = "/opt/libtcmalloc.so.4.5.16", Function = null, Offset = 7 },
            new() { Address = 0x9990, Module = "/home/b/app", Offset = 0x1990, Function = "make(int) [clone .isra.0]", File = "/other/a.cpp", Line = 12 },
            new() { Address = 0x9995, Module = "/home/b/app", Offset = 0x1995, Function = "main", File = "/other/a.cpp", Line = 101 },
            new() { Address = 0x7e00, Module = "/lib64/libc.so.6", Offset = 0x29d90 },
        ];
        Assert.Equal(LeakFingerprint.Of(stack), LeakFingerprint.Of(moved));
        Assert.Matches("^[0-9a-f]{16}$", LeakFingerprint.Of(stack));
        moved[1] = moved[1] with { Function = "make(long)" };
        Assert.NotEqual(LeakFingerprint.Of(stack), LeakFingerprint.Of(moved));
    }

    [Theory]
    [InlineData("operator new(unsigned long)", "/srv/app", FrameOrigin.Allocator)]
    [InlineData("operator new[](unsigned long, std::nothrow_t const&)", "/srv/app", FrameOrigin.Allocator)]
    [InlineData("malloc", "/srv/static", FrameOrigin.Allocator)]
    [InlineData("anything", "/usr/lib/libjemalloc.so.2", FrameOrigin.Allocator)]
    [InlineData("std::vector<Blob, std::allocator<Blob> >::push_back(Blob const&)", "/srv/app", FrameOrigin.Runtime)]
    [InlineData("void std::vector<Blob, std::allocator<Blob> >::_M_realloc_insert<Blob const&>(Blob*, Blob const&)", "/srv/app", FrameOrigin.Runtime)]
    [InlineData("__gnu_cxx::new_allocator<char>::allocate(unsigned long, void const*)", "/srv/app", FrameOrigin.Runtime)]
    [InlineData("strdup", "/lib/x86_64-linux-gnu/libc.so.6", FrameOrigin.Runtime)]
    [InlineData("std::vector<int, std::allocator<int> > acme::make<int>(std::string const&)", "/srv/app", FrameOrigin.Program)]
    [InlineData("acme::operator<<(std::ostream&, acme::Blob const&)", "/srv/app", FrameOrigin.Program)]
    [InlineData("std::ostream& acme::operator<< <int>(std::ostream&, acme::Box<int> const&)", "/srv/app", FrameOrigin.Program)]
    [InlineData("(anonymous namespace)::worker(std::string)", "/srv/app", FrameOrigin.Program)]
    [InlineData("run()::{lambda(int)#1}::operator()(int) const", "/srv/app", FrameOrigin.Program)]
    [InlineData("decltype (std::declval<int>()) acme::pick<int>(int)", "/srv/app", FrameOrigin.Program)]
    [InlineData("standard_new", "/srv/app", FrameOrigin.Program)]
    [InlineData(null, "/srv/app", FrameOrigin.Program)]
    public void KnowsWhoseCodeAFrameIs(string? function, string module, FrameOrigin origin) =>
        Assert.Equal(origin, FrameOrigins.Of(new StackFrame { Function = function, Module = module }));
}
