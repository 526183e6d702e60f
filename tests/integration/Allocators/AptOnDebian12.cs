using MemTools.Allocators;

namespace MemTools.IntegrationTests.Allocators;

/// <summary>The prerequisite of tests that name Debian 12's packages.</summary>
internal static class AptOnDebian12
{
    /// <summary>Skips the test where there is no apt of Debian 12 that can reach its packages.</summary>
    public static async Task RequireAsync()
    {
        Assert.SkipUnless(
            File.Exists("/etc/os-release") && (await File.ReadAllTextAsync("/etc/os-release")).Contains("VERSION_CODENAME=bookworm", StringComparison.Ordinal),
            "this is not Debian 12, whose packages the test names");
        Assert.SkipUnless(LocalTarget.Instance.FindProgram("apt-get") is not null, "there is no apt-get");
        Assert.SkipUnless(
            Directory.Exists("/var/lib/apt/lists") && Directory.EnumerateFiles("/var/lib/apt/lists", "*_Packages*").Any(), "apt has no lists: run apt-get update");
    }

    /// <summary>The version that apt would install; empty when none.</summary>
    public static async Task<string> CandidateAsync(string package)
    {
        var policy = await LocalTarget.Instance.RunAsync(
            new CommandRequest("apt-cache", ["policy", package], new Dictionary<string, string?> { ["LC_ALL"] = "C" }), TestContext.Current.CancellationToken);
        return policy.StandardOutput.Split('\n').Select(l => l.Trim()).FirstOrDefault(l => l.StartsWith("Candidate: ", StringComparison.Ordinal))?[11..] ?? "";
    }
}
