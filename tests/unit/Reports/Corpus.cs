using System.Text.Json;

namespace MemTools.Tests.Reports;

/// <summary>The samples of real engines, where they are at hand: ../shared/corpus beside the repository, or MEMTOOLS_SHARED.</summary>
internal static class Corpus
{
    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The corpus folder, or null.</summary>
    public static string? Root { get; } = Find();

    /// <summary>Folders <c>engine/case</c> whose engine's name begins with the prefix; a single empty entry when there is no corpus, so that the skip is seen.</summary>
    public static IEnumerable<string> Cases(string enginePrefix)
    {
        if (Root is null)
        {
            return [""];
        }

        return Directory.EnumerateDirectories(Root, enginePrefix + "*").SelectMany(Directory.EnumerateDirectories)
            .Where(d => File.Exists(Path.Combine(d, "cmd.json")))
            .Select(d => Path.GetRelativePath(Root, d)).Order(StringComparer.Ordinal);
    }

    /// <summary>Skips the test where there is no corpus.</summary>
    public static string Require(string relative)
    {
        Assert.SkipWhen(Root is null, "The corpus is not at hand: put it at ../shared/corpus or set MEMTOOLS_SHARED.");
        return Path.Combine(Root!, relative);
    }

    /// <summary>The program that a case ran, in the corpus.</summary>
    public static string Program(string caseFolder)
    {
        using JsonDocument command = JsonDocument.Parse(File.ReadAllText(Path.Combine(caseFolder, "cmd.json")));
        return Path.Combine(Root!, command.RootElement.GetProperty("program").GetString()!);
    }

    /// <summary>The truth about a case.</summary>
    public static CorpusTruth Truth(string caseFolder)
    {
        string own = Path.Combine(caseFolder, "expected.json");
        string file = File.Exists(own) ? own : Path.Combine(Path.GetDirectoryName(Program(caseFolder))!, "expected.json");
        return JsonSerializer.Deserialize<CorpusTruth>(File.ReadAllText(file), SnakeCase)!;
    }

    private static string? Find()
    {
        string? shared = Environment.GetEnvironmentVariable("MEMTOOLS_SHARED");
        if (shared is not null)
        {
            return Directory.Exists(Path.Combine(shared, "corpus")) ? Path.Combine(shared, "corpus") : null;
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MemTools.slnx")))
            {
                for (DirectoryInfo? up = folder.Parent; up is not null; up = up.Parent)
                {
                    string candidate = Path.Combine(up.FullName, "shared", "corpus");
                    if (Directory.Exists(candidate))
                    {
                        return candidate;
                    }
                }
            }
        }

        return null;
    }
}

internal sealed record CorpusTruth
{
    public string Case { get; init; } = "";

    public long LostObjects { get; init; }

    public long LostBytes { get; init; }

    public long ReachableObjects { get; init; }

    public long ReachableBytes { get; init; }

    public List<CorpusSite> Sites { get; init; } = [];
}

internal sealed record CorpusSite
{
    public string Id { get; init; } = "";

    public string File { get; init; } = "";

    public int Line { get; init; }

    public string Function { get; init; } = "";

    public long Objects { get; init; }

    public long Bytes { get; init; }

    public string Kind { get; init; } = "";
}
