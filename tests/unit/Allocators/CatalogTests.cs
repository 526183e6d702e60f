using MemTools.Allocators.Catalog;
using MemTools.Reports.Errors;

namespace MemTools.Tests.Allocators;

public sealed class CatalogTests
{
    [Fact]
    public void Knows_the_allocators_and_the_engines()
    {
        Assert.Equal(
            ["ptmalloc", "tcmalloc", "tcmalloc-minimal", "tcmalloc-debug", "jemalloc", "mimalloc", "tbbmalloc"], AllocatorCatalog.Allocators.Select(e => e.Name));
        Assert.Equal(["lsan", "valgrind", "heaptrack", "libc-malloc-debug"], AllocatorCatalog.LeakEngines.Select(e => e.Name));
    }

    [Fact]
    public void Every_entry_is_whole()
    {
        foreach (var entry in AllocatorCatalog.All)
        {
            Assert.True(entry.Sonames.Count > 0 || entry.Program is not null, entry.Name);
            Assert.Equal(Enum.GetValues<PackageFamily>(), entry.Packages.Select(p => p.Family).Order());
            Assert.All(entry.Packages, p => Assert.True(p.Names.Count > 0 || p.Note is not null, $"{entry.Name} {p.Family}"));
            Assert.Equal(entry.Variables.Select(v => v.Name).Distinct(), entry.Variables.Select(v => v.Name));
            Assert.All(entry.Variables, v => Assert.EndsWith(".", v.Meaning, StringComparison.Ordinal));
            Assert.All(entry.Variables, v => Assert.Equal(v.Type == VariableType.Choice, v.Choices.Count > 0));
        }
    }

    // Debian's t64 renames come before the names of Debian 12 and Ubuntu 22.04.
    [Theory]
    [InlineData("tcmalloc", PackageFamily.Apt, "libgoogle-perftools4t64 libgoogle-perftools4")]
    [InlineData("tcmalloc-minimal", PackageFamily.Apt, "libtcmalloc-minimal4t64 libtcmalloc-minimal4")]
    [InlineData("tcmalloc", PackageFamily.Rpm, "gperftools-libs")]
    [InlineData("jemalloc", PackageFamily.Rpm, "jemalloc")]
    [InlineData("lsan", PackageFamily.Rpm, "liblsan")]
    [InlineData("lsan", PackageFamily.Apt, "liblsan0")]
    [InlineData("valgrind", PackageFamily.Zypper, "valgrind")]
    public void Packages(string name, PackageFamily family, string packages) =>
        Assert.Equal(packages, string.Join(' ', AllocatorCatalog.Get(name).PackagesOf(family)!.Names));

    [Theory]
    [InlineData("tcmalloc", "HEAPCHECK", "2.16", true)]
    [InlineData("tcmalloc", "HEAPCHECK", "2.17", false)]
    [InlineData("tcmalloc", "HEAPCHECK", "2.18.1", false)]
    [InlineData("tcmalloc", "HEAPPROFILE", "2.18.1", true)]
    [InlineData("tcmalloc", "HEAPPROFILE_USE_PID", "2.10", false)]
    [InlineData("tcmalloc", "HEAPPROFILE_USE_PID", "2.11", true)]
    [InlineData("tcmalloc", "HEAP_PROFILE_MMAP", "2.17", false)]
    [InlineData("tcmalloc", "TCMALLOC_DEVMEM_START", "2.10", true)]
    [InlineData("tcmalloc", "TCMALLOC_DEVMEM_START", "2.11", false)]
    [InlineData("jemalloc", "prof_leak_error", "5.2.1", false)]
    [InlineData("jemalloc", "prof_leak_error", "5.3.0", true)]
    [InlineData("ptmalloc", "glibc.malloc.hugetlb", "2.34", false)]
    [InlineData("ptmalloc", "glibc.malloc.hugetlb", "2.36", true)]
    public void A_setting_has_its_versions(string name, string variable, string version, bool applies) =>
        Assert.Equal(applies, AllocatorCatalog.Get(name).FindVariable(variable)!.AppliesTo(version));

    [Fact]
    public void The_tcmalloc_debug_allocator_has_the_debug_settings()
    {
        var entry = AllocatorCatalog.Get("tcmalloc-debug");
        Assert.Equal("10485760", entry.FindVariable("TCMALLOC_MAX_FREE_QUEUE_SIZE")!.Default);
        Assert.Equal("true", entry.FindVariable("TCMALLOC_RECLAIM_MEMORY")!.Default);
        Assert.Null(AllocatorCatalog.Get("tcmalloc").FindVariable("TCMALLOC_RECLAIM_MEMORY"));
        Assert.Null(AllocatorCatalog.Get("tcmalloc-minimal").FindVariable("HEAPCHECK"));
    }

    [Fact]
    public void Aliases_and_case_do_not_matter_and_a_typo_is_recognised()
    {
        Assert.Equal("tcmalloc-minimal", AllocatorCatalog.Get("TCMALLOC_MINIMAL").Name);
        Assert.Equal("tcmalloc", AllocatorCatalog.Get("gperftools").Name);
        var error = Assert.Throws<MemToolsException>(() => AllocatorCatalog.Get("tcmaloc"));
        Assert.Equal(("UnknownAllocator", MemToolsErrorCategory.ObjectNotFound), (error.ErrorId, error.Category));
        Assert.StartsWith("Did you mean tcmalloc?", error.RecommendedAction, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2.10", "2.9", 1)]
    [InlineData("2.9.1", "2.9", 1)]
    [InlineData("2.17", "2.17", 0)]
    [InlineData("2.16", "2.17", -1)]
    [InlineData("5.3.0", "5.3", 1)]
    [InlineData("2.17rc", "2.17", 1)]
    [InlineData(null, "1", -1)]
    public void Versions_are_ordered_by_their_numbers(string? left, string right, int order)
    {
        Assert.Equal(order, Math.Sign(LibraryVersion.Compare(left, right)));
        Assert.Equal(-order, Math.Sign(LibraryVersion.Compare(right, left)));
    }
}
