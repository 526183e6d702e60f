using MemTools.Allocators;
using MemTools.Allocators.Launch;
using MemTools.Reports.Errors;
using MemTools.Reports.Model;

namespace MemTools.IntegrationTests.Launch;

/// <summary>Runs on disk, as other sessions see them.</summary>
public sealed class RunStoreTests(LaunchFixture fixture) : IClassFixture<LaunchFixture>
{
    [Fact]
    public async Task A_running_run_is_seen_waited_for_and_stopped_from_another_session()
    {
        await using RunningProgram program = await StartAsync("sleep", "300");
        var other = new RunStore(fixture.Store.Root);
        AllocatorRun seen = other.Get(program.Run.Id);
        Assert.Equal((RunState.Running, program.Run.ProcessId), (seen.State, seen.ProcessId));
        Assert.Equal(RunState.Running, (await other.WaitAsync(seen.Id, TimeSpan.FromMilliseconds(200), LaunchFixture.Token)).State);
        var e = Assert.Throws<MemToolsException>(() => other.Remove(seen.Id));
        Assert.Equal("RunStillRunning", e.ErrorId);
        AllocatorRun stopped = await other.StopAsync(seen.Id, Signals.Terminate, null, LaunchFixture.Token);
        Assert.Equal((RunState.Exited, "SIGTERM", "SIGTERM (stopped on request)"), (stopped.State, stopped.Signal, stopped.EndedBy));
        e = await Assert.ThrowsAsync<MemToolsException>(() => other.StopAsync(seen.Id, Signals.Terminate, null, LaunchFixture.Token));
        Assert.Equal("RunNotRunning", e.ErrorId);
        other.Remove(seen.Id);
        e = Assert.Throws<MemToolsException>(() => other.Get(seen.Id));
        Assert.Equal("RunNotFound", e.ErrorId);
    }

    [Fact]
    public async Task A_stubborn_program_is_killed_after_the_grace()
    {
        string mark = Path.Combine(fixture.Folder, "deaf");
        await using RunningProgram program = await StartAsync("sh", "-c", $"trap '' TERM; echo > {mark}; while :; do sleep 1; done");
        while (!File.Exists(mark))
            await Task.Delay(20, LaunchFixture.Token);
        AllocatorRun stopped = await fixture.Store.StopAsync(program.Run.Id, Signals.Terminate, TimeSpan.FromMilliseconds(500), LaunchFixture.Token);
        Assert.Equal((RunState.Exited, "SIGKILL"), (stopped.State, stopped.Signal));
    }

    [Fact]
    public async Task Ids_sort_by_time_and_may_be_cut()
    {
        AllocatorRun first = await fixture.RunAsync(new LaunchRequest { FilePath = "true" });
        AllocatorRun second = await fixture.RunAsync(new LaunchRequest { FilePath = "true" });
        Assert.True(string.CompareOrdinal(first.Id, second.Id) < 0);
        List<string> listed = [.. fixture.Store.List().Select(r => r.Id)];
        Assert.True(listed.IndexOf(first.Id) < listed.IndexOf(second.Id));
        Assert.Equal(second.Id, fixture.Store.Get(second.Id[..^2]).Id);
        var e = Assert.Throws<MemToolsException>(() => fixture.Store.Get(first.Id[..4]));
        Assert.Equal("RunIdAmbiguous", e.ErrorId);
        Assert.Equal("RunNotFound", Assert.Throws<MemToolsException>(() => fixture.Store.Get("../../etc")).ErrorId);
    }

    [Fact]
    public async Task Old_finished_runs_are_pruned()
    {
        var store = new RunStore(Path.Combine(fixture.Folder, "prune"));
        AllocatorRun old = await Launcher.RunAsync(new LaunchRequest { FilePath = "true" }, null, null, store, LaunchFixture.Token);
        await using RunningProgram running = await Launcher.StartAsync(
            new LaunchRequest { FilePath = "sleep", Arguments = LaunchFixture.Arguments("300") }, null, null, store, LaunchFixture.Token);
        Assert.Empty(store.RemoveOlderThan(TimeSpan.FromDays(1)));
        Assert.Equal(old.Id, Assert.Single(store.RemoveOlderThan(TimeSpan.Zero)).Id);
        Assert.Equal([running.Run.Id], store.Ids());
    }

    [Fact]
    public async Task A_damaged_record_hides_no_other_and_can_be_removed()
    {
        var store = new RunStore(Path.Combine(fixture.Folder, "damaged"));
        AllocatorRun good = await Launcher.RunAsync(new LaunchRequest { FilePath = "true" }, null, null, store, LaunchFixture.Token);
        AllocatorRun bad = await Launcher.RunAsync(new LaunchRequest { FilePath = "true" }, null, null, store, LaunchFixture.Token);
        await File.WriteAllTextAsync(Path.Combine(bad.RunPath!, "run.json"), "{ \"id\": ", LaunchFixture.Token);
        var unreadable = new List<MemToolsException>();
        Assert.Equal([good.Id], store.List(unreadable.Add).Select(r => r.Id));
        Assert.Equal("RunRecordUnreadable", Assert.Single(unreadable).ErrorId);
        store.Remove(bad.Id);
        Assert.Equal([good.Id], store.Ids());
    }

    [Theory]
    [InlineData("basic_c", Verdict.Leaks)]
    [InlineData("clean", Verdict.Clean)]
    public async Task A_run_whose_watcher_died_is_lost_with_the_verdict_of_its_evidence(string program, Verdict verdict)
    {
        AllocatorRun run = await fixture.RunAsync(LaunchFixture.Check(LaunchFixture.Program(program)) with { StandardError = StreamMode.Capture });
        // As a watcher leaves it that is killed while the program runs.
        string record = Path.Combine(run.RunPath!, "run.json");
        string watch = Path.Combine(run.RunPath!, "watch.json");
        await File.WriteAllTextAsync(record, (await File.ReadAllTextAsync(record, LaunchFixture.Token))
            .Replace("\"state\": \"Exited\"", "\"state\": \"Running\"", StringComparison.Ordinal)
            .Replace($"\"verdict\": \"{verdict}\"", "\"verdict\": \"NotChecked\"", StringComparison.Ordinal), LaunchFixture.Token);
        string dead = (await File.ReadAllTextAsync(watch, LaunchFixture.Token)).Replace("\"startTicks\": ", "\"startTicks\": 9", StringComparison.Ordinal);
        await File.WriteAllTextAsync(watch, dead, LaunchFixture.Token);
        AllocatorRun lost = fixture.Store.Get(run.Id);
        Assert.Equal((RunState.Lost, verdict), (lost.State, lost.Verdict));
        Assert.Equal(RunState.Lost, (await fixture.Store.WaitAsync(run.Id, null, LaunchFixture.Token)).State);
    }

    [Fact]
    public async Task Many_writers_do_not_meet()
    {
        Task<AllocatorRun>[] runs =
        [
            .. Enumerable.Range(0, 16).Select(_ => Task.Run(() => fixture.RunAsync(new LaunchRequest { FilePath = "true" }), LaunchFixture.Token)),
        ];
        var reader = Task.Run(() =>
        {
            for (int i = 0; i < 50; i++)
                foreach (AllocatorRun run in fixture.Store.List())
                    Assert.NotEmpty(run.Id);
        }, LaunchFixture.Token);
        AllocatorRun[] done = await Task.WhenAll(runs);
        await reader;
        Assert.Equal(16, done.Select(r => r.Id).Distinct().Count());
        Assert.All(done, run => Assert.Equal(RunState.Exited, fixture.Store.Get(run.Id).State));
    }

    [Fact]
    public async Task A_program_that_is_not_waited_for_outlives_nothing_but_its_record()
    {
        RunningProgram program = await Launcher.StartAsync(
            LaunchFixture.Check(LaunchFixture.Program("basic_c")) with { NoWait = true }, null, null, fixture.Store, LaunchFixture.Token);
        AllocatorRun run = await fixture.Store.WaitAsync(program.Run.Id, TimeSpan.FromSeconds(30), LaunchFixture.Token);
        Assert.Equal((RunState.Exited, Verdict.Leaks), (run.State, run.Verdict));
        Assert.Contains("Leak check _main_", await File.ReadAllTextAsync(run.StandardErrorPath!, LaunchFixture.Token), StringComparison.Ordinal);
        await program.DisposeAsync();
    }

    private Task<RunningProgram> StartAsync(string file, params string[] arguments) => Launcher.StartAsync(
        new LaunchRequest { FilePath = file, Arguments = LaunchFixture.Arguments(arguments) }, null, null, fixture.Store, LaunchFixture.Token);
}
