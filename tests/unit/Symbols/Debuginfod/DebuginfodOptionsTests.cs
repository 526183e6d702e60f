using MemTools.Reports.Errors;
using MemTools.Reports.Symbols.Debuginfod;

namespace MemTools.Tests.Symbols.Debuginfod;

public sealed class DebuginfodOptionsTests
{
    [Fact]
    public void The_list_of_servers_is_split_as_elfutils_splits_it()
    {
        IReadOnlyList<string> urls = DebuginfodUrls.Parse(
            "  https://debuginfod.invalid\thttp://localhost:8002/ ima:enforcing file:///srv/debug  https://debuginfod.invalid ftp://x nonsense", out IReadOnlyList<string> rejected);
        Assert.Equal(["https://debuginfod.invalid", "http://localhost:8002/", "file:///srv/debug"], urls);
        Assert.Equal(["ftp://x", "nonsense"], rejected);
        Assert.Empty(DebuginfodUrls.Parse(null, out _));
    }

    [Fact]
    public void The_environment_sets_limits_and_cache()
    {
        DebuginfodOptions options = DebuginfodOptions.FromEnvironment(Variables(
            ("XDG_CACHE_HOME", "/var/cache/me"), ("DEBUGINFOD_TIMEOUT", "7"), ("DEBUGINFOD_MAXTIME", "60"), ("DEBUGINFOD_MAXSIZE", "1000"), ("DEBUGINFOD_RETRY_LIMIT", "3")));
        Assert.Equal("/var/cache/me/memtools/debuginfod", options.CacheFolder);
        Assert.Equal((TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(60), 1000, 3), (options.Timeout, options.MaxTime, options.MaxBytes, options.Attempts));

        DebuginfodOptions defaults = DebuginfodOptions.FromEnvironment(Variables(
            ("HOME", "/home/me"), ("XDG_CACHE_HOME", "relative"), ("DEBUGINFOD_TIMEOUT", "0"), ("DEBUGINFOD_MAXTIME", "x"), ("DEBUGINFOD_MAXSIZE", "-1")));
        Assert.Equal("/home/me/.cache/memtools/debuginfod", defaults.CacheFolder);
        Assert.Equal((TimeSpan.FromSeconds(90), null, 4L << 30, 2), (defaults.Timeout, defaults.MaxTime, defaults.MaxBytes, defaults.Attempts));
    }

    [Fact]
    public void Without_a_home_there_is_no_cache() =>
        Assert.Equal("NoCacheFolder", Assert.Throws<MemToolsException>(() => DebuginfodOptions.FromEnvironment(Variables())).ErrorId);

    private static Func<string, string?> Variables(params (string Name, string Value)[] set) =>
        name => set.Where(v => v.Name == name).Select(v => v.Value).FirstOrDefault();
}
