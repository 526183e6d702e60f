using System.Text;
using System.Text.Json;
using MemTools.Allocators;
using MemTools.Allocators.Launch;
using MemTools.Reports.Errors;
using MemTools.Reports.Model;

namespace MemTools.IntegrationTests.Launch;

/// <summary>Starting programs: arguments, environment, streams, accounting, what is kept.</summary>
public sealed class LaunchTests(LaunchFixture fixture) : IClassFixture<LaunchFixture>
{
    [Fact]
    public async Task Arguments_arrive_byte_for_byte_and_output_is_kept_raw()
    {
        byte[] odd = [0xff, 0xfe, (byte)'\\', (byte)'"', (byte)'\n', 0x80];
        AllocatorRun run = await fixture.RunAsync(new LaunchRequest
        {
            FilePath = "printf", Arguments = [.. LaunchFixture.Arguments("%s|%s|"), odd, []],
        });
        Assert.Equal((RunState.Exited, 0, Verdict.NotChecked), (run.State, run.ExitCode, run.Verdict));
        byte[] expected = [.. odd, (byte)'|', (byte)'|'];
        Assert.Equal(expected, await File.ReadAllBytesAsync(run.StandardOutputPath!, LaunchFixture.Token));
    }

    [Fact]
    public async Task The_environment_is_exact_and_no_secret_is_on_disk()
    {
        const string secret = "hunter2-0b5f";
        AllocatorRun run = await fixture.RunAsync(new LaunchRequest
        {
            FilePath = "sh", Arguments = LaunchFixture.Arguments("-c", "echo \"${TOKEN_X}|${PATH+set}|${HOME-unset}\" >&2; test ${#TOKEN_X} = 12"),
            Allocator = LaunchFixture.Tcmalloc(),
            Environment = new Dictionary<string, string?> { ["TOKEN_X"] = secret, ["HOME"] = null },
            StandardError = StreamMode.Inherit,
        });
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("TOKEN_X", run.EnvironmentNames);
        Assert.DoesNotContain("HOME", run.EnvironmentNames);
        Assert.Equal(["LD_PRELOAD"], run.SetEnvironment.Keys);
        foreach (string file in Directory.EnumerateFiles(run.RunPath!, "*", SearchOption.AllDirectories))
            Assert.DoesNotContain(secret, await File.ReadAllTextAsync(file, LaunchFixture.Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_are_private()
    {
        AllocatorRun run = await fixture.RunAsync(LaunchFixture.Check(LaunchFixture.Program("basic_c")));
        Assert.Equal((UnixFileMode)0x1C0, File.GetUnixFileMode(run.RunPath!));
        foreach (string file in Directory.EnumerateFiles(run.RunPath!))
            if (!file.EndsWith(".heap", StringComparison.Ordinal))
                Assert.Equal((UnixFileMode)0x180, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task An_existing_preload_is_kept_behind_with_a_warning()
    {
        string library = LaunchFixture.Tcmalloc();
        AllocatorRun run = await fixture.RunAsync(new LaunchRequest
        {
            FilePath = "true", Allocator = library, Environment = new Dictionary<string, string?> { ["LD_PRELOAD"] = "libm.so.6" },
        });
        Assert.Equal($"{library}:libm.so.6", run.SetEnvironment["LD_PRELOAD"]);
        Assert.Contains(run.Warnings, w => w.Contains("LD_PRELOAD was already set", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Streams_are_shown_as_they_come_and_kept_apart()
    {
        var output = new StringBuilder();
        var error = new StringBuilder();
        AllocatorRun run = await fixture.RunAsync(
            new LaunchRequest { FilePath = "sh", Arguments = LaunchFixture.Arguments("-c", "printf out; printf err >&2; printf out2") },
            new LaunchObserver
            {
                StandardOutput = b => output.Append(Encoding.UTF8.GetString(b.Span)), StandardError = b => error.Append(Encoding.UTF8.GetString(b.Span)),
            });
        Assert.Equal(("outout2", "err"), (output.ToString(), error.ToString()));
        Assert.Equal("outout2", await File.ReadAllTextAsync(run.StandardOutputPath!, LaunchFixture.Token));
        Assert.Equal("err", await File.ReadAllTextAsync(run.StandardErrorPath!, LaunchFixture.Token));
    }

    [Fact]
    public async Task A_prompt_without_a_newline_is_shown_at_once()
    {
        var shown = new TaskCompletionSource<string>();
        string fifo = Path.Combine(fixture.Folder, "go");
        await LocalTarget.Instance.RunAsync(new CommandRequest("mkfifo", [fifo]), LaunchFixture.Token);
        await using RunningProgram program = await Launcher.StartAsync(
            LaunchFixture.Check("/bin/sh", arguments: ["-c", $"printf 'Have a password? ' >&2; read x < {fifo}"]) with { AllowUnchecked = true },
            null, new LaunchObserver { StandardError = b => shown.TrySetResult(Encoding.UTF8.GetString(b.Span)) }, fixture.Store, LaunchFixture.Token);
        Assert.Equal("Have a password? ", await shown.Task.WaitAsync(TimeSpan.FromSeconds(20), LaunchFixture.Token));
        await File.WriteAllTextAsync(fifo, "x\n", LaunchFixture.Token);
        Assert.Equal(0, (await program.WaitAsync(LaunchFixture.Token)).ExitCode);
    }

    [Fact]
    public async Task Standard_input_comes_from_a_file_and_the_directory_is_entered()
    {
        string input = Path.Combine(fixture.Folder, "input");
        await File.WriteAllTextAsync(input, "line\n", LaunchFixture.Token);
        AllocatorRun run = await fixture.RunAsync(new LaunchRequest
        {
            FilePath = "sh", Arguments = LaunchFixture.Arguments("-c", "cat; pwd"), StandardInputPath = input, WorkingDirectory = "/usr", StandardOutput = StreamMode.Capture,
        });
        Assert.Equal("line\n/usr\n", await File.ReadAllTextAsync(run.StandardOutputPath!, LaunchFixture.Token));
    }

    [Fact]
    public async Task Resources_are_accounted()
    {
        string program = fixture.Compile("hog", """
            #include <stdlib.h>
            #include <string.h>
            #include <time.h>
            int main(void) {
              char *p = malloc(100 << 20); memset(p, 1, 100 << 20);
              volatile unsigned long n = 0; clock_t end = clock() + CLOCKS_PER_SEC / 5; while (clock() < end) n++;
              return p[5] - 1;
            }
            """);
        AllocatorRun run = await fixture.RunAsync(new LaunchRequest { FilePath = program });
        Assert.InRange(run.PeakResidentBytes, 100L << 20, 110L << 20);
        Assert.True(run.UserTime + run.SystemTime >= TimeSpan.FromMilliseconds(190));
        Assert.True(run.Duration >= TimeSpan.FromMilliseconds(190));
        Assert.True(run.MinorFaults > 20_000);
    }

    [Fact]
    public async Task The_peak_is_the_programs_not_ours()
    {
        AllocatorRun run = await fixture.RunAsync(new LaunchRequest { FilePath = "true" });
        Assert.InRange(run.PeakResidentBytes, 100 << 10, 8 << 20);
    }

    [Fact]
    public async Task Options_are_checked_and_named_options_become_variables()
    {
        var e = await Assert.ThrowsAsync<MemToolsException>(() => fixture.RunAsync(new LaunchRequest
        {
            FilePath = "true", Allocator = LaunchFixture.Tcmalloc(), AllocatorOptions = new Dictionary<string, string> { ["TCMALLOC_RELEASE_RAT"] = "1" },
        }));
        Assert.Equal("UnknownAllocatorOption", e.ErrorId);
        Assert.Contains("TCMALLOC_RELEASE_RATE", e.RecommendedAction, StringComparison.Ordinal);
        AllocatorRun run = await fixture.RunAsync(LaunchFixture.Check(LaunchFixture.Program("basic_c")) with
        {
            TestPointerAlignment = true, MaxPointerOffset = -1, MaxFreeQueueSize = 1000, ReclaimMemory = false,
            AllocatorOptions = new Dictionary<string, string> { ["TCMALLOC_RELEASE_RATE"] = "0" },
        });
        Assert.Equal(
            ("1", "-1", "1000", "0", "0", "normal"),
            (run.SetEnvironment["HEAP_CHECK_TEST_POINTER_ALIGNMENT"], run.SetEnvironment["HEAP_CHECK_MAX_POINTER_OFFSET"],
                run.SetEnvironment["TCMALLOC_MAX_FREE_QUEUE_SIZE"], run.SetEnvironment["TCMALLOC_RECLAIM_MEMORY"], run.SetEnvironment["TCMALLOC_RELEASE_RATE"],
                run.SetEnvironment["HEAPCHECK"]));
        Assert.Equal(Verdict.Leaks, run.Verdict);
        Assert.Empty(run.Children);
    }

    [Fact]
    public async Task Heap_profiles_go_to_the_run_folder()
    {
        AllocatorRun run = await fixture.RunAsync(new LaunchRequest
        {
            FilePath = LaunchFixture.Program("many"), Allocator = LaunchFixture.Tcmalloc(), HeapProfile = true, HeapProfileInterval = 4096,
        });
        Assert.True(run.HeapProfilePaths.Count > 3);
        Assert.All(run.HeapProfilePaths, path => Assert.StartsWith("heap profile:", File.ReadLines(path).First(), StringComparison.Ordinal));
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task A_left_behind_process_that_holds_the_pipe_does_not_hang_the_run()
    {
        AllocatorRun run = await fixture.RunAsync(new LaunchRequest
        {
            FilePath = "sh", Arguments = LaunchFixture.Arguments("-c", "sleep 60 & echo $! ; exit 4"),
        });
        Assert.Equal(4, run.ExitCode);
        Assert.Contains(run.Warnings, w => w.Contains("kept its output open", StringComparison.Ordinal));
        string pid = (await File.ReadAllTextAsync(run.StandardOutputPath!, LaunchFixture.Token)).Trim();
        Assert.True(Directory.Exists($"/proc/{pid}"), "The left-behind process is its own master.");
        await LocalTarget.Instance.RunAsync(new CommandRequest("kill", [pid]), LaunchFixture.Token);
    }

    [Fact]
    public async Task A_flood_on_standard_error_stays_in_bounds()
    {
        long before = PeakOfThisProcess();
        AllocatorRun run = await fixture.RunAsync(
            LaunchFixture.Check("/bin/sh", arguments: ["-c", "head -c 1073741824 /dev/zero | tr '\\0' x >&2"]) with { AllowUnchecked = true },
            new LaunchObserver { StandardError = _ => { } });
        Assert.True(new FileInfo(run.StandardErrorPath!).Length >= 1L << 30);
        Assert.True(PeakOfThisProcess() - before < 100 << 20, $"{(PeakOfThisProcess() - before) >> 20} MiB more at the peak.");
        fixture.Store.Remove(run.Id);
    }

    [Fact]
    public async Task Failing_starts_say_why_and_leave_nothing()
    {
        await Fails("ProgramNotFound", new LaunchRequest { FilePath = "/no/such/program" });
        await Fails("WorkingDirectoryNotFound", new LaunchRequest { FilePath = "true", WorkingDirectory = "/no/such/directory" });
        await Fails("StandardInputNotFound", new LaunchRequest { FilePath = "true", StandardInputPath = "/no/such/input" });
        await Fails("ArgumentListTooLong", new LaunchRequest { FilePath = "true", Arguments = [.. Enumerable.Repeat(new byte[100_000], 100).Select(b => { Array.Fill(b, (byte)'x'); return b; })] });
        Assert.DoesNotContain(fixture.Store.List(), run => run.State == RunState.Starting);
    }

    [Fact]
    public async Task A_store_that_cannot_be_written_is_said_before_the_start()
    {
        var store = new RunStore("/proc/memtools/runs");
        var e = await Assert.ThrowsAsync<MemToolsException>(
            () => Launcher.RunAsync(new LaunchRequest { FilePath = "true" }, null, null, store, LaunchFixture.Token));
        Assert.Equal("RunStoreNotWritable", e.ErrorId);
    }

    [Fact]
    public async Task A_run_folder_that_vanishes_loses_files_not_the_result()
    {
        await using RunningProgram program = await Launcher.StartAsync(
            LaunchFixture.Check("/bin/sleep", arguments: ["1"]), null, null, fixture.Store, LaunchFixture.Token);
        Directory.Delete(program.Run.RunPath!, recursive: true);
        AllocatorRun run = await program.WaitAsync(LaunchFixture.Token);
        Assert.Equal((RunState.Exited, 0), (run.State, run.ExitCode));
        Assert.Contains(run.Warnings, w => w.Contains("cannot be written", StringComparison.Ordinal) || w.Contains("was removed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_full_disk_cuts_the_copy_not_the_run()
    {
        Assert.SkipUnless(LocalTarget.Instance.IsRoot, "Only root can mount a small disk.");
        string disk = Path.Combine(fixture.Folder, "small");
        Directory.CreateDirectory(disk);
        CommandResult mount = await LocalTarget.Instance.RunAsync(new CommandRequest("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", disk]), LaunchFixture.Token);
        Assert.SkipUnless(mount.ExitCode == 0, $"No small disk: {mount.StandardError}");
        try
        {
            long shown = 0;
            AllocatorRun run = await Launcher.RunAsync(
                new LaunchRequest { FilePath = "sh", Arguments = LaunchFixture.Arguments("-c", "head -c 1000000 /dev/zero; exit 5") }, null,
                new LaunchObserver { StandardOutput = b => shown += b.Length }, new RunStore(Path.Combine(disk, "runs")), LaunchFixture.Token);
            Assert.Equal((5, 1_000_000), (run.ExitCode, shown));
            Assert.Contains(run.Warnings, w => w.Contains("ends after", StringComparison.Ordinal));
        }
        finally
        {
            await LocalTarget.Instance.RunAsync(new CommandRequest("umount", [disk]), CancellationToken.None);
        }
    }

    [Fact]
    public async Task The_record_is_the_documented_json()
    {
        AllocatorRun run = await fixture.RunAsync(LaunchFixture.Check(LaunchFixture.Program("basic_c")));
        using JsonDocument json = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(run.RunPath!, "run.json"), LaunchFixture.Token));
        JsonElement root = json.RootElement;
        Assert.Equal(run.Id, root.GetProperty("id").GetString());
        Assert.Equal("Leaks", root.GetProperty("verdict").GetString());
        Assert.Equal("Normal", root.GetProperty("heapCheck").GetString());
        Assert.Equal("Gperftools", root.GetProperty("engine").GetString());
        Assert.Equal("Exited", root.GetProperty("state").GetString());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("signal").ValueKind);
        Assert.Equal(run.Duration, TimeSpan.Parse(root.GetProperty("duration").GetString()!, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(run.PeakResidentBytes, root.GetProperty("peakResidentBytes").GetInt64());
        Assert.Equal(run.ReportPaths, root.GetProperty("reportPaths").EnumerateArray().Select(p => p.GetString()!));
    }

    private async Task Fails(string id, LaunchRequest request)
    {
        int before = fixture.Store.Ids().Count;
        var e = await Assert.ThrowsAsync<MemToolsException>(() => fixture.RunAsync(request));
        Assert.Equal(id, e.ErrorId);
        Assert.Equal(before, fixture.Store.Ids().Count);
    }

    private static long PeakOfThisProcess()
    {
        string line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture) * 1024;
    }
}
