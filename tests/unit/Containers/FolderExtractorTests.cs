using System.Diagnostics;
using MemTools.Containers.Files;
using MemTools.Reports.Errors;

namespace MemTools.Tests.Containers;

/// <summary>A folder that a container wrote into is copied by the rules of its archives.</summary>
public sealed class FolderExtractorTests : IDisposable
{
    private readonly string outside = Directory.CreateTempSubdirectory("mt-folder-").FullName;

    public FolderExtractorTests()
    {
        Directory.CreateDirectory(Source);
        Directory.CreateDirectory(Folder);
    }

    private string Source => Path.Combine(outside, "source");

    private string Folder => Path.Combine(outside, "run");

    public void Dispose() => Directory.Delete(outside, recursive: true);

    private ExtractResult Copy(ExtractLimits? limits = null) => FolderExtractor.Copy(Source, Folder, limits ?? new ExtractLimits(), "test", TestContext.Current.CancellationToken);

    private List<string> Copied() =>
        [.. Directory.EnumerateFileSystemEntries(Folder, "*", SearchOption.AllDirectories).Select(p => Path.GetRelativePath(Folder, p)).Order(StringComparer.Ordinal)];

    private void Shell(string script)
    {
        using Process process = Process.Start(new ProcessStartInfo("sh", ["-c", script]) { WorkingDirectory = Source })!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public void Files_and_folders_are_copied_whatever_their_mode()
    {
        Shell("mkdir -p sub/deep; printf A >a; printf B >sub/deep/b; : >empty; chmod 4755 a; chmod 600 sub/deep/b");
        ExtractResult result = Copy();
        Assert.Equal(["a", "empty", "sub", "sub/deep", "sub/deep/b"], Copied());
        Assert.Equal(("A", "B"), (File.ReadAllText(Path.Combine(Folder, "a")), File.ReadAllText(Path.Combine(Folder, "sub/deep/b"))));
        Assert.Equal(3, result.Files.Count);
        Assert.Empty(result.Skipped);
        Assert.False(File.GetUnixFileMode(Path.Combine(Folder, "a")).HasFlag(UnixFileMode.SetUser));
    }

    [Fact]
    public void Links_pipes_and_sockets_stay_and_are_named()
    {
        string secret = Path.Combine(outside, "secret");
        File.WriteAllText(secret, "secret");
        Directory.CreateDirectory(Path.Combine(outside, "elsewhere"));
        Shell("ln -s ../secret link; ln -s ../elsewhere folder; ln -s nothing dangling; mkfifo pipe; printf x >good");
        ExtractResult result = Copy();
        Assert.Equal(["good"], Copied());
        Assert.Equal(4, result.Skipped.Count);
        Assert.Contains(result.Skipped, s => s.StartsWith("'pipe' was left in the container", StringComparison.Ordinal));
    }

    [Fact]
    public void A_device_is_never_read()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root makes devices");
        using (Process made = Process.Start(new ProcessStartInfo("mknod", [Path.Combine(Source, "zero"), "c", "1", "5"]) { RedirectStandardError = true })!)
        {
            made.WaitForExit();
            Assert.SkipUnless(made.ExitCode == 0, "no device can be made here");
        }

        Assert.Single(Copy().Skipped);
        Assert.Empty(Copied());
    }

    [Fact]
    public void Names_with_control_characters_stay()
    {
        Shell("printf x >\"$(printf 'a\\nb')\"; printf x >good");
        Assert.Single(Copy().Skipped);
        Assert.Equal(["good"], Copied());
    }

    [Fact]
    public void A_sparse_file_stays_sparse()
    {
        Shell("truncate -s 3G hole; printf end >>hole");
        Copy();
        var file = new FileInfo(Path.Combine(Folder, "hole"));
        Assert.Equal((3L << 30) + 3, file.Length);
        using Process du = Process.Start(new ProcessStartInfo("stat", ["-c", "%b", file.FullName]) { RedirectStandardOutput = true })!;
        Assert.InRange(int.Parse(du.StandardOutput.ReadToEnd(), System.Globalization.CultureInfo.InvariantCulture), 0, 1024);
    }

    [Fact]
    public void Limits_of_size_number_and_depth_hold()
    {
        Shell("printf 12345 >a; printf 12345 >b; mkdir -p 1/2/3");
        Assert.Equal("ArchiveTooLarge", Assert.Throws<MemToolsException>(() => Copy(new ExtractLimits { MaxBytes = 9 })).ErrorId);
        Assert.Equal("ArchiveTooLarge", Assert.Throws<MemToolsException>(() => Copy(new ExtractLimits { MaxEntries = 3 })).ErrorId);
        Assert.Contains(Copy(new ExtractLimits { MaxDepth = 2 }).Skipped, s => s.StartsWith("'1/2/3' ", StringComparison.Ordinal));
    }
}
