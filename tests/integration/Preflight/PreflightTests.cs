using System.Text;
using MemTools.Allocators;
using MemTools.Allocators.HeapCheck;
using MemTools.Allocators.Launch;
using MemTools.Allocators.Preflight;
using MemTools.IntegrationTests.Launch;
using MemTools.Reports.Errors;

namespace MemTools.IntegrationTests.Preflight;

/// <summary>Each finding by a program that deserves it, and the launch that it refuses.</summary>
public sealed class PreflightTests(LaunchFixture fixture) : IClassFixture<LaunchFixture>
{
    private static readonly Allocator Library = new()
    {
        Name = "tcmalloc", Version = "2.10", Path = "/usr/lib/x86_64-linux-gnu/libtcmalloc.so.4", Architecture = "x86_64", Libc = "glibc",
        HeapCheck = Capability.Supported, HeapProfile = Capability.Supported,
    };

    private const string Main = "#include <stdlib.h>\nint main(void) { free(malloc(10)); return 0; }\n";

    [Fact]
    public async Task A_plain_program_has_no_finding() => Assert.Empty(await Find(fixture.Compile("plain", Main)));

    [Fact]
    public async Task Static_programs_escape_the_preload()
    {
        await Blocks("StaticProgram", fixture.Compile("static", Main, "-static"));
        await Blocks("StaticProgram", fixture.Compile("staticpie", Main, "-static-pie"));
    }

    [Fact]
    public async Task Other_architecture_and_libc()
    {
        await Blocks("OtherArchitecture", Patch(fixture.Compile("arm", Main), 18, [0xb7, 0]));
        string musl = fixture.Compile("musl", Main, "-Wl,--dynamic-linker=/lib/ld-musl-x86_64.so.1");
        await Blocks(File.Exists("/lib/ld-musl-x86_64.so.1") ? "OtherLibc" : "InterpreterNotFound", musl);
    }

    [Fact]
    public async Task A_newer_glibc_is_named_with_both_versions()
    {
        string program = fixture.Compile("newer", Main);
        byte[] bytes = await File.ReadAllBytesAsync(program, LaunchFixture.Token);
        int at = bytes.AsSpan().IndexOf("GLIBC_2.34"u8);
        Assert.SkipUnless(at > 0, "This compiler's programs do not need GLIBC_2.34.");
        PreflightFinding finding = await Blocks("NewerGlibcNeeded", Patch(program, at + 6, "9"u8.ToArray()));
        Assert.Contains("glibc 9.34", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Programs_that_gain_rights_drop_the_preload()
    {
        Assert.SkipUnless(LocalTarget.Instance.IsRoot, "Only root can make another user's setuid program.");
        string setuid = fixture.Compile("setuid", Main);
        await Tool("chown", "65534:65534", setuid);
        await Tool("chmod", "4755", setuid);
        await Blocks("SetuidProgram", setuid);
        string setgid = fixture.Compile("setgid", Main);
        await Tool("chown", "0:65534", setgid);
        await Tool("chmod", "2755", setgid);
        await Blocks("SetuidProgram", setgid);
        string own = fixture.Compile("ownsetuid", Main);
        await Tool("chmod", "4755", own);
        Assert.Empty(await Find(own));
    }

    [Fact]
    public async Task An_allocator_in_the_program_wins_over_a_preloaded_one()
    {
        string own = fixture.Compile("own", """
            #include <stdlib.h>
            static char pool[1 << 20]; static size_t used;
            void *malloc(size_t n) { void *p = pool + used; used += (n + 15) & ~15ul; return p; }
            void free(void *p) { (void)p; }
            void *calloc(size_t n, size_t m) { return malloc(n * m); }
            void *realloc(void *p, size_t n) { (void)p; return malloc(n); }
            int main(void) { free(malloc(10)); return 0; }
            """, "-rdynamic");
        await Blocks("ProgramDefinesMalloc", own);
    }

    [Fact]
    public async Task A_linked_allocator_is_said()
    {
        string library = LaunchFixture.Tcmalloc();
        string program = fixture.Compile("linked", Main, "-Wl,--no-as-needed", library);
        PreflightFinding finding = Assert.Single(await Find(program));
        Assert.Equal(("AllocatorLinkedIn", PreflightSeverity.Information), (finding.Id, finding.Severity));
    }

    [Fact]
    public async Task Scripts_name_their_interpreter()
    {
        string script = Script("good.sh", "#!/bin/sh\nexit 0\n");
        IReadOnlyList<PreflightFinding> findings = await Find(script);
        PreflightFinding finding = Assert.Single(findings, f => f.Id == "ProgramIsScript");
        Assert.Contains("/bin/sh", finding.Message, StringComparison.Ordinal);
        await Blocks("InterpreterNotFound", Script("missing.sh", "#!/no/such/interpreter\n"));
        PreflightFinding windows = await Blocks("InterpreterNotFound", Script("dos.sh", "#!/bin/sh\r\nexit 0\r\n"));
        Assert.Contains("carriage return", windows.Action, StringComparison.Ordinal);
        await Blocks("ProgramFormatUnknown", Script("noline.sh", "exit 0\n"));
        string env = Script("env.sh", "#!/usr/bin/env sh\nexit 0\n");
        Assert.Contains(await Find(env), f => f.Id == "WrapperInFront");
    }

    [Fact]
    public async Task What_is_no_program_is_said_to_be_none()
    {
        await Blocks("ProgramNotFound", "/no/such/program");
        await Blocks("ProgramNotFound", "no-such-program-in-path");
        await Blocks("ProgramIsDirectory", "/usr");
        await Blocks("ProgramIsEmpty", Script("empty", ""));
        await Blocks("ProgramFormatUnknown", Script("garbage", "\u0001\u0002\u0003garbage"));
        await Blocks("ProgramFormatUnknown", Script("cut", "\u007fELF\u0002\u0001\u0001"));
        string plain = Script("noexec", "#!/bin/sh\n");
        File.SetUnixFileMode(plain, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await Blocks("ProgramNotExecutable", plain);
    }

    [Theory]
    [InlineData("timeout", "WrapperInFront", "-k", "5", "10", "{static}")]
    [InlineData("nice", "WrapperInFront", "-n", "5", "{static}")]
    [InlineData("env", "WrapperInFront", "A=b", "-u", "HOME", "{static}")]
    [InlineData("nohup", "WrapperInFront", "{static}")]
    [InlineData("setsid", "WrapperInFront", "-w", "{static}")]
    [InlineData("stdbuf", "WrapperInFront", "-o0", "{static}")]
    public async Task Wrappers_are_looked_through(string wrapper, string id, params string[] arguments)
    {
        LaunchFixture.Tool(wrapper);
        string program = fixture.Compile("static", Main, "-static");
        IReadOnlyList<PreflightFinding> findings =
            await Find(wrapper, Library, [.. arguments.Select(a => a == "{static}" ? program : a)]);
        Assert.Contains(findings, f => f.Id == id && f.Severity == PreflightSeverity.Warning);
        Assert.Contains(findings, f => f.Id == "StaticProgram" && f.Subject == program);
    }

    [Fact]
    public async Task Shells_tracers_and_other_environments()
    {
        IReadOnlyList<PreflightFinding> shell = await Find("sh", Library, "-c", "exit 0");
        Assert.Equal("ShellInFront", Assert.Single(shell).Id);
        Assert.Contains(await Find("env", Library, "-i", "/bin/true"), f => f is { Id: "EnvironmentNotPassedOn", Severity: PreflightSeverity.Blocking });
        LaunchFixture.Tool("strace");
        Assert.Contains(await Find("strace", Library, "-f", "/bin/true"), f => f is { Id: "TracedProgram", Severity: PreflightSeverity.Blocking });
        Assert.Empty(await Find("env", Library));
    }

    [Theory]
    [InlineData("/opt/my libs/libtcmalloc.so.4")]
    [InlineData("/opt/a:b/libtcmalloc.so.4")]
    public async Task The_loader_splits_such_a_path(string path) =>
        await Blocks("LibraryPathNotPreloadable", fixture.Compile("plain", Main), Library with { Path = path });

    [Theory]
    [InlineData(Capability.Absent, "HeapCheckAbsent")]
    [InlineData(Capability.Removed, "HeapCheckRemoved")]
    public async Task A_library_without_a_checker(Capability capability, string id) =>
        await Blocks(id, fixture.Compile("plain", Main), Library with { HeapCheck = capability });

    [Fact]
    public async Task A_library_that_does_not_load() =>
        await Blocks("LibraryUnusable", fixture.Compile("plain", Main), Library with { Problem = "libunwind.so.8 is missing" });

    [Fact]
    public async Task A_silenced_checker_is_said()
    {
        var request = new LaunchRequest
        {
            FilePath = fixture.Compile("plain", Main), HeapCheck = HeapCheckMode.Normal,
            Environment = new Dictionary<string, string?> { ["PERFTOOLS_VERBOSE"] = "-10" },
        };
        PreflightFinding finding = Assert.Single(await PreflightChecks.RunAsync(request, Library, LocalTarget.Instance, cancellation: LaunchFixture.Token));
        Assert.Equal("CheckerSilenced", finding.Id);
    }

    [Fact]
    public async Task Without_check_or_allocator_only_the_start_matters()
    {
        var request = new LaunchRequest { FilePath = fixture.Compile("static", Main, "-static") };
        Assert.Empty(await PreflightChecks.RunAsync(request, null, LocalTarget.Instance, cancellation: LaunchFixture.Token));
    }

    [Fact]
    public async Task A_blocked_launch_is_refused_and_leaves_nothing()
    {
        string program = fixture.Compile("static", Main, "-static");
        var e = await Assert.ThrowsAsync<MemToolsException>(() => fixture.RunAsync(LaunchFixture.Check(program)));
        Assert.Equal("StaticProgram", e.ErrorId);
        Assert.Equal(program, e.TargetObject);
        Assert.NotNull(e.RecommendedAction);
        Assert.Empty(fixture.Store.Ids());
    }

    private static async Task<PreflightFinding> Blocks(string id, string program, Allocator? library = null)
    {
        PreflightFinding finding = Assert.Single(await Find(program, library), f => f.Severity == PreflightSeverity.Blocking);
        Assert.Equal(id, finding.Id);
        return finding;
    }

    private static Task<IReadOnlyList<PreflightFinding>> Find(string program, Allocator? library = null, params string[] arguments) =>
        PreflightChecks.RunAsync(
            new LaunchRequest { FilePath = program, Arguments = LaunchFixture.Arguments(arguments), HeapCheck = HeapCheckMode.Normal },
            library ?? Library, LocalTarget.Instance, cancellation: LaunchFixture.Token);

    private static async Task Tool(string name, params string[] arguments)
    {
        CommandResult result = await LocalTarget.Instance.RunAsync(new CommandRequest(name, arguments), LaunchFixture.Token);
        Assert.True(result.ExitCode == 0, result.StandardError);
    }

    private string Script(string name, string text)
    {
        string path = Path.Combine(fixture.Folder, name);
        File.WriteAllText(path, text, Encoding.Latin1);
        File.SetUnixFileMode(path, (UnixFileMode)0x1ED);
        return path;
    }

    private static string Patch(string program, int offset, byte[] bytes)
    {
        byte[] content = File.ReadAllBytes(program);
        bytes.CopyTo(content, offset);
        string patched = program + "-patched";
        File.WriteAllBytes(patched, content);
        File.SetUnixFileMode(patched, (UnixFileMode)0x1ED);
        return patched;
    }
}
