using MemTools.Allocators.Launch;
using MemTools.Allocators.Launch.Native;

namespace MemTools.Tests.Launch;

/// <summary>The way to see children where the kernel refuses its task records.</summary>
public class ChildPollTests
{
    [Fact]
    public async Task Long_lived_children_are_seen_and_told_apart()
    {
        NativeProcess process = NativeProcess.Start(
            new NativeSpawnRequest
            {
                Path = "/bin/sh", Arguments = [.. new[] { "sh", "-c", "(while :; do read x; done) & sleep 100" }.Select(System.Text.Encoding.UTF8.GetBytes)], Environment = [],
                NewGroup = true, OutputPath = "/dev/null",
            },
            null, null);
        await using (process)
        {
            using var poll = new ChildPoll(process.ProcessId);
            ChildProcesses seen = poll.Finish();
            Assert.False(seen.IsComplete);
            using var second = new ChildPoll(process.ProcessId);
            await Task.Delay(1500, TestContext.Current.CancellationToken);
            seen = second.Finish();
            Assert.Contains(seen.Processes, c => c is { Name: "sleep", RunsProgramCode: false } && c.ParentProcessId == process.ProcessId);
        }
    }
}
