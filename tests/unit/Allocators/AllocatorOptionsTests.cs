using MemTools.Allocators.Catalog;
using MemTools.Reports.Errors;

namespace MemTools.Tests.Allocators;

public sealed class AllocatorOptionsTests
{
    [Theory]
    [InlineData("tcmalloc", "TCMALLOC_RELEASE_RATE", "2.5", "TCMALLOC_RELEASE_RATE=2.5")]
    [InlineData("tcmalloc", "release_rate", "0", "TCMALLOC_RELEASE_RATE=0")]
    [InlineData("tcmalloc", "max_leaks", "-1", "HEAP_CHECK_MAX_LEAKS=-1")]
    [InlineData("tcmalloc-debug", "Page_Fence", "true", "TCMALLOC_PAGE_FENCE=true")]
    [InlineData("jemalloc", "narenas", "2", "MALLOC_CONF=narenas:2")]
    [InlineData("jemalloc", "thp", "always", "MALLOC_CONF=thp:always")]
    [InlineData("mimalloc", "reset_delay", "5", "MIMALLOC_RESET_DELAY=5")]
    [InlineData("mimalloc", "purge_delay", "5", "MIMALLOC_PURGE_DELAY=5")]
    [InlineData("ptmalloc", "arena_max", "1", "GLIBC_TUNABLES=glibc.malloc.arena_max=1")]
    [InlineData("ptmalloc", "MALLOC_ARENA_MAX", "1", "MALLOC_ARENA_MAX=1")]
    [InlineData("lsan", "fast_unwind_on_malloc", "0", "LSAN_OPTIONS=fast_unwind_on_malloc=0")]
    public void Become_variables(string allocator, string name, string value, string expected) =>
        Assert.Equal(
            expected,
            string.Join(' ', AllocatorOptions.ToEnvironment(AllocatorCatalog.Get(allocator), null, new Dictionary<string, string> { [name] = value })
                .Select(p => $"{p.Key}={p.Value}")));

    [Fact]
    public void Pairs_of_a_carrier_are_joined_behind_what_the_user_has()
    {
        var environment = AllocatorOptions.ToEnvironment(
            AllocatorCatalog.Get("jemalloc"), "5.3.0", new Dictionary<string, string> { ["narenas"] = "1", ["tcache"] = "false" },
            new Dictionary<string, string> { ["MALLOC_CONF"] = "abort_conf:true" });
        Assert.Equal("abort_conf:true,narenas:1,tcache:false", Assert.Single(environment).Value);
    }

    [Theory]
    [InlineData("tcmalloc", null, "TCMALLOC_RELEASE_RAT", "1", "UnknownAllocatorOption", "Did you mean TCMALLOC_RELEASE_RATE?")]
    [InlineData("jemalloc", null, "narena", "1", "UnknownAllocatorOption", "Did you mean narenas?")]
    [InlineData("tcmalloc", null, "HEAP_CHECK_MAX_LEAKS", "many", "InvalidAllocatorOption", "")]
    [InlineData("tcmalloc", null, "HEAPCHECK", "Normal", "InvalidAllocatorOption", "")]
    [InlineData("jemalloc", null, "prof_prefix", "/tmp/a,b", "InvalidAllocatorOption", "")]
    [InlineData("jemalloc", null, "prof", "perhaps", "InvalidAllocatorOption", "")]
    [InlineData("tcmalloc", "2.18.1", "HEAP_CHECK_MAX_LEAKS", "1", "AllocatorOptionNotInVersion", "")]
    [InlineData("mimalloc", "2.0.9", "purge_delay", "1", "AllocatorOptionNotInVersion", "")]
    [InlineData("tcmalloc", "2.10", "HEAPPROFILE_USE_PID", "1", "AllocatorOptionNotInVersion", "")]
    public void Are_checked(string allocator, string? version, string name, string value, string id, string action)
    {
        var error = Assert.Throws<MemToolsException>(
            () => AllocatorOptions.ToEnvironment(AllocatorCatalog.Get(allocator), version, new Dictionary<string, string> { [name] = value }));
        Assert.Equal((id, MemToolsErrorCategory.InvalidArgument, (object)name), (error.ErrorId, error.Category, error.TargetObject));
        Assert.StartsWith(action, error.RecommendedAction, StringComparison.Ordinal);
    }
}
