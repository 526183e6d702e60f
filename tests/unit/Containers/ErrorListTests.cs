using System.Text.RegularExpressions;

namespace MemTools.Tests.Containers;

/// <summary>docs/errors.tsv, of which about_MemTools_Errors is made, has every error that the sources can raise.</summary>
public sealed partial class ErrorListTests
{
    private static readonly string[] Folders = ["reports", "allocator", "containers", "module", "cli"];

    /// <summary>What the matrix of package managers, images and faults ends in.</summary>
    public static TheoryData<string> Matrix =>
    [
        "PackageNotFound", "PackageVersionNotFound", "NoNetwork", "NoSpaceLeft", "BadSignature", "PackageManagerLocked", "PackageManagerFailed", "RootRequired",
        "AllocatorNotInstalled", "AllocatorNotCompatible", "EngineNotAvailable", "HeapCheckRemoved", "ContainerNotFound", "ContainerNotRunning", "ContainerEngineUnreachable",
        "ContainerEngineLost", "ContainerEngineAnswer", "ContainerReadOnly", "ContainerNoReportDirectory", "ContainerFilesLost", "ContainerVolumeInvalid", "ContainerUserNotFound",
        "ContainerStartFailed", "ArchiveInvalid", "ArchiveTooLarge", "ArchiveEntriesSkipped", "ArchiveNotWritable", "ImageNotFound", "ImagePullFailed",
    ];

    [Theory]
    [MemberData(nameof(Matrix))]
    public void Errors_of_the_matrix_are_explained(string id) => Assert.Contains(id, Listed());

    [Fact]
    public void Every_error_in_the_sources_is_listed()
    {
        string root = Root();
        var raised = Folders.SelectMany(f => Directory.EnumerateFiles(Path.Combine(root, f), "*.cs", SearchOption.AllDirectories))
            .SelectMany(f => Raised().Matches(File.ReadAllText(f)).Select(m => m.Groups[1].Value)).ToHashSet(StringComparer.Ordinal);
        Assert.True(raised.Count > 50);
        Assert.Empty(raised.Except(Listed()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_listed_error_has_category_meaning_and_action_and_stands_once()
    {
        string[][] rows = [.. File.ReadLines(Path.Combine(Root(), "docs", "errors.tsv")).Skip(1).Select(l => l.Split('\t'))];
        Assert.All(rows, r => Assert.True(r.Length == 4 && r.All(c => c.Trim().Length > 0), string.Join(" | ", r)));
        Assert.Empty(rows.GroupBy(r => r[0], StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => g.Key));
    }

    private static HashSet<string> Listed() => [.. File.ReadLines(Path.Combine(Root(), "docs", "errors.tsv")).Skip(1).Select(l => l.Split('\t')[0])];

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "MemTools.slnx")))
            folder = Path.GetDirectoryName(folder);
        Assert.SkipWhen(folder is null, "not run inside the repository");
        return folder!;
    }

    [GeneratedRegex("\"([A-Z][A-Za-z]+)\",\\s*MemToolsErrorCategory\\.")]
    private static partial Regex Raised();
}
