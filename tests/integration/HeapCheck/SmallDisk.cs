using MemTools.Allocators;
using MemTools.IntegrationTests.Launch;

namespace MemTools.IntegrationTests.HeapCheck;

/// <summary>A file system of 512 KiB, to be filled.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string path) => Path = path;

    /// <summary>Where it is mounted.</summary>
    public string Path { get; }

    /// <summary>Mounts it, or skips the test with the reason why that cannot be done.</summary>
    public static async Task<SmallDisk> MountAsync(string folder)
    {
        Assert.SkipUnless(LocalTarget.Instance.IsRoot, "mounting a small file system needs root");
        string path = System.IO.Path.Combine(folder, "disk-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(path);
        CommandResult result = await LocalTarget.Instance.RunAsync(new CommandRequest("mount", ["-t", "tmpfs", "-o", "size=512k", "tmpfs", path]), LaunchFixture.Token);
        Assert.SkipUnless(result.ExitCode == 0, $"a small file system cannot be mounted: {result.StandardError.Trim()}");
        return new SmallDisk(path);
    }

    public void Dispose() =>
        LocalTarget.Instance.RunAsync(new CommandRequest("umount", ["--lazy", Path]), CancellationToken.None).GetAwaiter().GetResult();
}
