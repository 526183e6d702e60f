using System.Text.RegularExpressions;
using MemTools.Allocators;
using MemTools.Allocators.Catalog;
using MemTools.Allocators.Provisioning;
using MemTools.Allocators.Provisioning.Store;

namespace MemTools.IntegrationTests.Allocators;

/// <summary>What real libraries say that they understand, the catalogue knows, and the other way round.</summary>
public sealed partial class CatalogAgainstLibrariesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("memtools-catalog-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Mimalloc_prints_its_options()
    {
        var (version, text) = await RunUnderAsync("mimalloc", "MIMALLOC_VERBOSE", "1");
        var printed = MimallocOption().Matches(text).Select(m => m.Groups[1].Value).Where(n => !n.StartsWith("deprecated_", StringComparison.Ordinal)).ToHashSet();
        Assert.NotEmpty(printed);
        var entry = AllocatorCatalog.Get("mimalloc");
        var known = entry.Variables.Where(v => v.AppliesTo(version)).SelectMany(v => v.FormerNames.Append(v.Name))
            .Concat(entry.Variables.SelectMany(v => v.FormerNames)).Select(n => n["MIMALLOC_".Length..].ToLowerInvariant()).ToHashSet();
        Assert.Empty(printed.Except(known));
        Assert.Empty(entry.Variables.Where(v => v.AppliesTo(version)).Select(v => v.Name["MIMALLOC_".Length..].ToLowerInvariant()).Except(printed));
    }

    [Fact]
    public async Task Jemalloc_prints_its_options()
    {
        var (version, text) = await RunUnderAsync("jemalloc", "MALLOC_CONF", "stats_print:true");
        var printed = JemallocOption().Matches(text).Select(m => m.Groups[1].Value).ToHashSet();
        Assert.NotEmpty(printed);
        var known = AllocatorCatalog.Get("jemalloc").Variables.Where(v => v.AppliesTo(version)).Select(v => v.Name).ToHashSet();
        Assert.Empty(printed.Except(known));
    }

    [Fact]
    public async Task Every_jemalloc_key_of_this_version_is_accepted()
    {
        await AptOnDebian12.RequireAsync();
        var token = TestContext.Current.CancellationToken;
        var library = (await Provisioner.InstallAsync(
            new InstallRequest { Name = "jemalloc", Store = new UserStore(folder) }, LocalTarget.Instance, cancellation: token)).Allocator;

        // These depend on how the library was built.
        string[] built = ["xmalloc", "utrace", "cache_oblivious"];
        foreach (var variable in AllocatorCatalog.Get("jemalloc").Variables.Where(v => v.AppliesTo(library.Version) && v.Default.Length > 0))
        {
            var run = await LocalTarget.Instance.RunAsync(
                new CommandRequest("true", [], new Dictionary<string, string?> { ["LD_PRELOAD"] = library.Path, ["MALLOC_CONF"] = $"{variable.Name}:{variable.Default}" }), token);
            Assert.True(run.StandardError.Contains("Invalid conf", StringComparison.Ordinal) == built.Contains(variable.Name), $"{variable.Name}: {run.StandardError}");
        }
    }

    [Fact]
    public async Task Glibc_lists_its_tunables()
    {
        var loader = new[] { "/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1" }.FirstOrDefault(File.Exists);
        Assert.SkipWhen(loader is null, "no glibc loader that lists tunables");
        var list = await LocalTarget.Instance.RunAsync(new CommandRequest(loader!, ["--list-tunables"]), TestContext.Current.CancellationToken);
        Assert.SkipUnless(list.ExitCode == 0, "this glibc does not list tunables (before 2.33)");
        var printed = list.StandardOutput.Split('\n').Select(l => l.Split(':')[0])
            .Where(n => n.StartsWith("glibc.malloc.", StringComparison.Ordinal) || n.StartsWith("glibc.mem.tagging", StringComparison.Ordinal)).ToHashSet();
        var entry = AllocatorCatalog.Get("ptmalloc");
        Assert.Empty(printed.Except(entry.Variables.Select(v => v.Name)));
    }

    private async Task<(string? Version, string Text)> RunUnderAsync(string name, string variable, string value)
    {
        await AptOnDebian12.RequireAsync();
        var installed = await Provisioner.InstallAsync(
            new InstallRequest { Name = name, Store = new UserStore(folder) }, LocalTarget.Instance, cancellation: TestContext.Current.CancellationToken);
        var run = await LocalTarget.Instance.RunAsync(
            new CommandRequest("true", [], new Dictionary<string, string?> { ["LD_PRELOAD"] = installed.Allocator.Path, [variable] = value }), TestContext.Current.CancellationToken);
        return (installed.Allocator.Version, run.StandardError);
    }

    [GeneratedRegex("option '([a-z_]+)'")]
    private static partial Regex MimallocOption();

    [GeneratedRegex(@"^\s*opt\.([a-z_]+):", RegexOptions.Multiline)]
    private static partial Regex JemallocOption();
}
