using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MemTools.Reports;
using MemTools.Reports.Model;
using MemTools.Reports.Symbols;
using MemTools.Reports.Symbols.Debuginfod;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.IntegrationTests.Symbols.Debuginfod;

/// <summary>Against elfutils' own server, which indexes a folder with a program that this test builds.</summary>
[Collection(nameof(EnvironmentVariables))]
public sealed class RealServerTests : IAsyncLifetime
{
    private const string Source = "/* made by a test */ int answer(void) { return 42; } int main(void) { return answer(); }\n";

    private readonly string _folder = Path.Combine(Path.GetTempPath(), "memtools-debuginfod-" + Guid.NewGuid().ToString("N"));
    private readonly int _port = FreePort();
    private readonly string? _cacheHome = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
    private Process? _server;
    private string _id = "";

    private static CancellationToken End => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/debuginfod"), "debuginfod is not installed: apt-get install debuginfod");
        Assert.SkipUnless(File.Exists("/usr/bin/gcc"), "gcc is not installed");
        string files = Path.Combine(_folder, "files");
        Directory.CreateDirectory(files);
        await File.WriteAllTextAsync(Path.Combine(files, "answer.c"), Source, End);
        await RunAsync("gcc", "-g", "-Wl,--build-id", "-o", Path.Combine(files, "answer"), Path.Combine(files, "answer.c"));
        await RunAsync("objcopy", "--only-keep-debug", Path.Combine(files, "answer"), Path.Combine(files, "answer.debug"));
        await RunAsync("strip", Path.Combine(files, "answer"));
        using (ElfFile elf = ElfFile.Open(Path.Combine(files, "answer")))
            _id = elf.BuildId!;

        var start = new ProcessStartInfo("debuginfod", ["-F", "-p", _port.ToString(), "-d", ":memory:", files])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        // It must not ask other servers in its turn.
        start.Environment.Remove("DEBUGINFOD_URLS");
        start.Environment["HOME"] = _folder;
        _server = Process.Start(start)!;
        _server.OutputDataReceived += (_, _) => { };
        _server.ErrorDataReceived += (_, _) => { };
        _server.BeginOutputReadLine();
        _server.BeginErrorReadLine();
        Environment.SetEnvironmentVariable("XDG_CACHE_HOME", _folder);
        await WaitUntilIndexedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Environment.SetEnvironmentVariable("XDG_CACHE_HOME", _cacheHome);
        if (_server is not null)
        {
            _server.Kill();
            await _server.WaitForExitAsync(CancellationToken.None);
            _server.Dispose();
        }
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Debug_information_program_and_source_come_from_the_server()
    {
        using DebuginfodClient client = NewClient();
        string? debug = await client.FetchDebugInfoAsync(_id, End);
        Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(_folder, "files", "answer.debug"), End), await File.ReadAllBytesAsync(debug!, End));
        string? program = await client.FetchExecutableAsync(_id, End);
        Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(_folder, "files", "answer"), End), await File.ReadAllBytesAsync(program!, End));
        string? source = await client.FetchSourceAsync(_id, Path.Combine(_folder, "files", "answer.c"), End);
        Assert.Equal(Source, await File.ReadAllTextAsync(source!, End));
        Assert.Empty(client.Warnings);
    }

    [Fact]
    public async Task What_the_server_does_not_have_is_null()
    {
        using DebuginfodClient client = NewClient();
        Assert.Null(await client.FetchDebugInfoAsync("00112233445566778899aabbccddeeff00112233", End));
        Assert.Empty(client.Warnings);
    }

    [Fact]
    public async Task The_servers_own_refusal_of_large_files_is_told()
    {
        using var client = new DebuginfodClient(
            [$"http://127.0.0.1:{_port}"], new DebuginfodOptions { CacheFolder = Path.Combine(_folder, "cache"), MaxBytes = 100 });
        Assert.Null(await client.FetchDebugInfoAsync(_id, End));
        Assert.Contains("100 ", Assert.Single(client.Warnings));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_profile_gets_its_lines_from_the_server_even_where_the_program_is_gone(bool programIsThere)
    {
        string path = Path.Combine(_folder, "files", "answer");
        ulong address, start;
        using (ElfFile debug = ElfFile.Open(path + ".debug"))
        {
            ElfSymbol answer = debug.Symbols.First(s => s.Name == "answer");
            address = answer.Value + 1;
            ElfProgramHeader code = debug.ProgramHeaders.First(p => p.Type == ElfSegmentType.Load && p.VirtualAddress <= address && address < p.VirtualAddress + p.MemorySize);
            start = code.VirtualAddress;
        }
        const ulong Base = 0x5555_0000_0000;
        ulong offset;
        using (ElfFile program = ElfFile.Open(path))
            offset = program.ProgramHeaders.First(p => p.Type == ElfSegmentType.Load && p.VirtualAddress == start).Offset;
        string recorded = programIsThere ? path : "/nowhere/answer";
        var mapping = new Mapping { Start = Base + start, Limit = Base + start + 0x1000, FileOffset = offset, Path = recorded, BuildId = _id };
        var location = new Location { Address = Base + address, MappingIndex = 0 };
        var profile = new Profile { SampleTypes = [], Samples = [], Locations = [location], Mappings = [mapping] };
        var options = new SymbolizeOptions { DebuginfodUrls = [$"http://127.0.0.1:{_port}"] };

        ProfileSymbolizer.Symbolize(profile, options, new LocalFileSource(), null, End);

        Line line = Assert.Single(location.Lines);
        Assert.Equal(("answer", 1, "answer.c"), (line.Function.Name, line.LineNumber, Path.GetFileName(line.FileName)));
        Assert.Equal(DebugInfoLevel.Lines, mapping.DebugInfo!.Level);
        Assert.StartsWith(Path.Combine(_folder, "memtools", "debuginfod", _id), mapping.DebugInfo.File);
        Assert.Empty(profile.Warnings);
    }

    private DebuginfodClient NewClient() =>
        new([$"http://127.0.0.1:{_port}"], new DebuginfodOptions { CacheFolder = Path.Combine(_folder, "cache") });

    private async Task WaitUntilIndexedAsync()
    {
        using var http = new HttpClient();
        for (int i = 0; i < 300; i++)
        {
            try
            {
                using HttpResponseMessage debug = await http.GetAsync($"http://127.0.0.1:{_port}/buildid/{_id}/debuginfo", End);
                using HttpResponseMessage program = await http.GetAsync($"http://127.0.0.1:{_port}/buildid/{_id}/executable", End);
                if (debug.IsSuccessStatusCode && program.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
            await Task.Delay(100, End);
        }
        Assert.Fail("debuginfod has not indexed the folder within 30 s");
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        await process.WaitForExitAsync(End);
        Assert.Equal(0, process.ExitCode);
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
