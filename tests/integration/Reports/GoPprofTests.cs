using System.Text.RegularExpressions;
using MemTools.IntegrationTests.Cli;

namespace MemTools.IntegrationTests.Reports;

/// <summary>
/// <c>memtools pprof</c> prints what Go's pprof prints from the same file with the same words. Intended differences: equal rows are ordered by their
/// cumulative value before their name, the bound of dropped nodes is the one that was used, and prune_from is among the active filters.
/// </summary>
public sealed partial class GoPprofTests(PeerProfiles profiles) : IClassFixture<PeerProfiles>, IDisposable
{
    private readonly CommandProcess _memtools = new();

    public void Dispose() => _memtools.Dispose();

    [Theory]
    [InlineData("-top")]
    [InlineData("-top -cum")]
    [InlineData("-top -sample_index=inuse_objects")]
    [InlineData("-top -sample_index=0")]
    [InlineData("-top -focus=parse")]
    [InlineData("-top -focus=parse -relative_percentages")]
    [InlineData("-top -ignore=parse")]
    [InlineData("-top -hide=parse")]
    [InlineData("-top -show=parse|main")]
    [InlineData("-top -show_from=load")]
    [InlineData("-top -prune_from=load")]
    [InlineData("-top -tagfocus=worker")]
    [InlineData("-top -tagfocus=thread=nobody,worker")]
    [InlineData("-top -tagfocus=nobody,worker")]
    [InlineData("-top -tagfocus=bytes=10b")]
    [InlineData("-top -tagfocus=11b:")]
    [InlineData("-top -tagfocus=:20b")]
    [InlineData("-top -tagfocus=5b:20b")]
    [InlineData("-top -tagignore=10b")]
    [InlineData("-top -tagignore=thread=worker")]
    [InlineData("-top -tagroot=thread")]
    [InlineData("-top -tagleaf=thread,bytes")]
    [InlineData("-top -lines")]
    [InlineData("-top -files")]
    [InlineData("-top -filefunctions")]
    [InlineData("-top -addresses")]
    [InlineData("-top -noinlines")]
    [InlineData("-top -nodecount=2")]
    [InlineData("-top -nodefraction=0.3")]
    [InlineData("-top -nodefraction=0.3 -trim=false")]
    [InlineData("-top -unit=kb")]
    [InlineData("-top -unit=auto")]
    [InlineData("-top -divide_by=2")]
    [InlineData("-top -mean")]
    [InlineData("-tree")]
    [InlineData("-tree -cum")]
    [InlineData("-tree -call_tree")]
    [InlineData("-tree -edgefraction=0.3")]
    [InlineData("-tree -nodecount=3")]
    [InlineData("-peek=load")]
    [InlineData("-traces")]
    [InlineData("-traces -lines")]
    [InlineData("-comments")]
    public Task Labelled_profile(string words) => Same(words, Path.Combine(CommandProcess.Repository, "tests/data/profiles/pprof.pb.gz"));

    [Theory]
    [InlineData("-top")]
    [InlineData("-top -sample_index=objects")]
    [InlineData("-top -cum")]
    [InlineData("-top -focus=nested")]
    [InlineData("-top -focus=small_ones -nodefraction=0.3")]
    [InlineData("-top -mean")]
    [InlineData("-top -unit=mb")]
    [InlineData("-tree")]
    [InlineData("-peek=main")]
    [InlineData("-top -base")]
    [InlineData("-top -diff_base")]
    [InlineData("-top -base -normalize")]
    [InlineData("-top -diff_base -normalize")]
    [InlineData("-top -diff_base -sample_index=objects")]
    public async Task Heap_profile(string words)
    {
        string after = await Proto(profiles.Gperftools(3), "after.pb.gz");
        if (!words.Contains("base", StringComparison.Ordinal))
        {
            await Same(words, after);
            return;
        }

        string before = await Proto(profiles.Gperftools(1), "before.pb.gz");
        await Same(BaseOption().Replace(words, $"$0={before}"), after);
    }

    private async Task Same(string words, string profile)
    {
        CommandProcess.Need();
        string? pprof = Environment.GetEnvironmentVariable("PPROF") ?? (Directory.Exists("/usr/lib") ? Directory.GetDirectories("/usr/lib", "go-*").Select(folder => Path.Combine(folder, "pkg/tool/linux_amd64/pprof")).FirstOrDefault(File.Exists) : null);
        Assert.SkipWhen(pprof is null, "There is no Go pprof: install golang-go, or name it in PPROF.");
        string[] options = words.Split(' ');
        string peer = PeerProfiles.Peer(pprof, ["-symbolize=none", .. options, profile]);
        (int code, string output, string error) = await _memtools.RunAsync(["pprof", "-symbolize=none", "-no_strip_temp", .. options, profile]);
        Assert.True(code == 0, error);
        Assert.Equal(Lines(peer), Lines(output));
    }

    private async Task<string> Proto(string profile, string name)
    {
        string path = Path.Combine(_memtools.Folder, name);
        (int code, _, string error) = await _memtools.RunAsync(["report", "-f", "pprof", "-o", path, profile]);
        Assert.True(code == 0, error);
        return path;
    }

    /// <summary>Blocks (rows of a table, or what stands between two rules) in an order that does not depend on equal ones.</summary>
    private static string[] Lines(string text)
    {
        string[] lines = [.. text.Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0 && !line.StartsWith("Dropped ", StringComparison.Ordinal) && line is not "Active filters:" && !line.StartsWith("   prune_from=", StringComparison.Ordinal))];
        // The running sum depends on the order.
        return [.. lines.Select(line => Row().Replace(line, "$1 $2")).Order(StringComparer.Ordinal)];
    }

    [GeneratedRegex(@"^( *\S+ +[\d.e-]+%) +[\d.e-]+%( +\S+ +[\d.e-]+%)")]
    private static partial Regex Row();

    [GeneratedRegex("-(diff_)?base(?![=_a-z])")]
    private static partial Regex BaseOption();
}
