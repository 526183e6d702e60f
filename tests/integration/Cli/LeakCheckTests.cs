using System.Text.Json;

namespace MemTools.IntegrationTests.Cli;

/// <summary>The main job: the sample server under the real heap checker gives the leaks that are planted in it.</summary>
public sealed class LeakCheckTests : IDisposable
{
    private readonly CommandProcess _memtools = new();

    public void Dispose() => _memtools.Dispose();

    [Fact]
    public async Task The_sample_servers_leaks_are_found_with_functions_and_lines()
    {
        await _memtools.NeedHeapCheckAsync();
        var (code, output, error) = await RunServerAsync("--format", "json");
        Assert.Equal(1, code);
        Assert.Contains("dmserver: done", error, StringComparison.Ordinal);
        using var run = JsonDocument.Parse(output);
        Assert.Equal("Leaks", run.RootElement.GetProperty("verdict").GetString());
        var report = Assert.Single(run.RootElement.GetProperty("reports").EnumerateArray());
        AssertTruth(report);
    }

    [Fact]
    public async Task The_table_goes_to_standard_error_and_leaves_standard_output_to_the_program()
    {
        await _memtools.NeedHeapCheckAsync();
        var (code, output, error) = await RunServerAsync();
        Assert.Equal(1, code);
        Assert.Equal("dmserver: done\n", output);
        Assert.Contains("Leaks: 4,048 bytes (4.0 KiB) in 49 objects, 5 distinct stacks", error, StringComparison.Ordinal);
        Assert.Contains("dmserver.cpp:93", error, StringComparison.Ordinal);
        Assert.DoesNotContain("Perftools heap leak checker is active", error, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', error);
        Assert.All(error.Split('\n').Where(line => line.Contains("dmserver.cpp", StringComparison.Ordinal)), line => Assert.InRange(line.Length, 1, 100));
    }

    [Fact]
    public async Task The_reports_can_be_read_again_from_run_file_json_and_standard_input()
    {
        await _memtools.NeedHeapCheckAsync();
        await RunServerAsync();
        var (code, json, _) = await _memtools.RunAsync(["leaks", "--run", "latest", "--format", "json"]);
        Assert.Equal(1, code);
        using (var reports = JsonDocument.Parse(json))
            AssertTruth(Assert.Single(reports.RootElement.EnumerateArray()));

        var saved = _memtools.Write("saved.json", json);
        Assert.Equal((1, json), await LeaksAsync(saved));
        var (_, run, _) = await _memtools.RunAsync(["runs", "show", "latest", "--format", "json"]);
        using var record = JsonDocument.Parse(run);
        var heap = Assert.Single(record.RootElement.GetProperty("reportPaths").EnumerateArray()).GetString()!;
        using (var reports = JsonDocument.Parse((await LeaksAsync(heap)).Json))
            AssertTruth(Assert.Single(reports.RootElement.EnumerateArray()));
        var text = await File.ReadAllTextAsync(record.RootElement.GetProperty("standardErrorPath").GetString()!, TestContext.Current.CancellationToken);
        var (fromInput, csv, _) = await _memtools.RunAsync(["leaks", "-", "--format", "csv"], text);
        Assert.Equal(1, fromInput);
        Assert.Equal(1 + 5, csv.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Empty(Directory.GetFiles(Path.GetTempPath(), "memtools-stdin-*"));
    }

    [Fact]
    public async Task Comparing_says_what_changed()
    {
        await _memtools.NeedHeapCheckAsync();
        var old = await SaveAsync("old.json", "8");
        var now = await SaveAsync("now.json", "48");
        var (same, none, _) = await _memtools.RunAsync(["compare", now, now]);
        Assert.Equal((0, "No differences.\n"), (same, none));
        var (grown, table, _) = await _memtools.RunAsync(["compare", old, now]);
        Assert.Equal(1, grown);
        // Eight requests refuse one login and put nothing twice; 48 refuse six and replace nine records.
        Assert.Matches(@"(?m)^Grown +768 +\+640 +6 +\+5 +dm::new_session", table);
        Assert.Matches(@"(?m)^New +576 +\+576 +9 +\+9 +dm::Table", table);
        var (fixedCode, json, _) = await _memtools.RunAsync(["compare", now, old, "--format", "json"]);
        Assert.Equal(0, fixedCode);
        using var differences = JsonDocument.Parse(json);
        Assert.Contains(differences.RootElement.EnumerateArray(), difference => difference.GetProperty("status").GetString() == "Fixed");
    }

    [Fact]
    public async Task A_clean_program_is_clean_by_evidence()
    {
        await _memtools.NeedHeapCheckAsync();
        var (code, _, error) = await _memtools.RunAsync(["run", "--allocator", "tcmalloc", "--heap-check", "normal", "--", "/bin/true"]);
        Assert.Equal(0, code);
        Assert.Contains("Clean: no leaks", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kill -KILL $$")]
    [InlineData("kill -SEGV $$")]
    public async Task A_program_that_dies_before_the_check_is_not_checked(string script)
    {
        await _memtools.NeedHeapCheckAsync();
        string[] run = ["run", "--allocator", "tcmalloc", "--heap-check", "normal", "--", "/bin/sh", "-c", script];
        var (code, _, error) = await _memtools.RunAsync(run);
        Assert.Equal(3, code);
        Assert.Contains("Not checked", error, StringComparison.Ordinal);
        var (allowed, _, _) = await _memtools.RunAsync(["run", "--allow-unchecked", .. run[1..]]);
        Assert.InRange(allowed, 129, 159);
    }

    [Fact]
    public async Task A_run_in_the_background_is_found_stopped_and_reported()
    {
        await _memtools.NeedHeapCheckAsync();
        var (started, id, _) = await _memtools.RunAsync(["run", "--no-wait", "--allocator", "tcmalloc", "--heap-check", "normal", "--", CommandProcess.Server, "--requests", "100000", "--interval", "20"]);
        Assert.Equal(0, started);
        id = id.Trim();
        var (_, list, _) = await _memtools.RunAsync(["runs", "list"]);
        Assert.Matches($"(?m)^{id} .* Running ", list);
        var (waiting, _, waitError) = await _memtools.RunAsync(["runs", "wait", id, "--timeout", "100ms"]);
        Assert.Equal(3, waiting);
        Assert.Contains("[RunWaitTimedOut]", waitError, StringComparison.Ordinal);
        var (removing, _, removeError) = await _memtools.RunAsync(["runs", "remove", id]);
        Assert.Equal(3, removing);
        Assert.Contains("[RunStillRunning]", removeError, StringComparison.Ordinal);
        var (stopped, _, _) = await _memtools.RunAsync(["runs", "stop", id, "--kill-after", "60s"]);
        Assert.Equal(0, stopped);
        var (waited, details, _) = await _memtools.RunAsync(["runs", "wait", id]);
        Assert.Equal(1, waited);
        Assert.Contains("Leaks.", details, StringComparison.Ordinal);
        var (removed, _, _) = await _memtools.RunAsync(["runs", "remove", id]);
        Assert.Equal(0, removed);
        var (_, empty, _) = await _memtools.RunAsync(["runs", "list", "--format", "json"]);
        Assert.Equal("[]", empty.Trim());
    }

    [Fact]
    public async Task A_start_in_the_background_that_fails_says_so_at_once()
    {
        CommandProcess.Need();
        var (code, output, error) = await _memtools.RunAsync(["run", "--no-wait", "--", "/nonexistent/program"]);
        Assert.Equal((3, ""), (code, output));
        Assert.Contains("[ProgramNotFound]", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_says_beforehand_what_would_silently_not_work()
    {
        await _memtools.NeedHeapCheckAsync();
        var (good, output, _) = await _memtools.RunAsync(["check", "--allocator", "tcmalloc", "--", CommandProcess.Server]);
        Assert.Equal(0, good);
        Assert.Contains("OK: dmserver can run under tcmalloc", output, StringComparison.Ordinal);
        var (bad, json, _) = await _memtools.RunAsync(["check", "--allocator", "ptmalloc", "--engine", "gperftools", "--format", "json", "--", CommandProcess.Server]);
        Assert.Equal(3, bad);
        using var findings = JsonDocument.Parse(json);
        Assert.Contains(findings.RootElement.EnumerateArray(), finding => finding.GetProperty("severity").GetString() == "Blocking");
    }

    private async Task<(int Code, string Json)> LeaksAsync(string path)
    {
        var (code, output, _) = await _memtools.RunAsync(["leaks", path, "--format", "json"]);
        return (code, output);
    }

    private async Task<string> SaveAsync(string name, string requests)
    {
        await _memtools.RunAsync(["run", "--allocator", "tcmalloc", "--heap-check", "normal", "--", CommandProcess.Server, "--requests", requests]);
        var (_, json, _) = await _memtools.RunAsync(["leaks", "--run", "latest", "--format", "json"]);
        return _memtools.Write(name, json);
    }

    /// <summary>
    /// Runs the sample server under gperftools' checker. The checker is conservative: once in a hundred runs a stale number in memory looks like a pointer and keeps one
    /// of the 49 objects, so such a run is made again. Three in a row would be a fault of ours.
    /// </summary>
    private async Task<(int Code, string Output, string Error)> RunServerAsync(params string[] options)
    {
        for (var attempt = 1; ; attempt++)
        {
            var result = await _memtools.RunAsync(["run", "--allocator", "tcmalloc", "--heap-check", "normal", .. options, "--", CommandProcess.Server]);
            if (attempt == 3 || !(result.Out + result.Error).Contains(" in 48 objects", StringComparison.Ordinal))
                return result;
        }
    }

    private static void AssertTruth(JsonElement report)
    {
        using var truth = JsonDocument.Parse(File.ReadAllText(CommandProcess.ServerTruth));
        Assert.Equal("Leaks", report.GetProperty("verdict").GetString());
        Assert.Equal(truth.RootElement.GetProperty("lost_bytes").GetInt64(), report.GetProperty("bytes").GetInt64());
        Assert.Equal(truth.RootElement.GetProperty("lost_objects").GetInt64(), report.GetProperty("objects").GetInt64());
        var expected = truth.RootElement.GetProperty("sites").EnumerateArray().Select(site =>
            (site.GetProperty("function").GetString(), $"{site.GetProperty("file").GetString()}:{site.GetProperty("line").GetInt32()}",
                site.GetProperty("bytes").GetInt64(), site.GetProperty("objects").GetInt64()));
        var found = report.GetProperty("leaks").EnumerateArray().Select(leak =>
            (leak.GetProperty("function").GetString(), Path.GetFileName(leak.GetProperty("location").GetString()),
                leak.GetProperty("bytes").GetInt64(), leak.GetProperty("objects").GetInt64()));
        Assert.Equal(expected, found!);
    }
}
