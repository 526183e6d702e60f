using System.Text;
using MemTools.Containers.Engine;
using MemTools.Containers.Engine.Wire;
using MemTools.Containers.Files;
using MemTools.Reports.Errors;

namespace MemTools.IntegrationTests.Containers;

/// <summary>The client against a real engine.</summary>
public sealed class EngineClientTests
{
    private const string Image = "memtools-test/debian:bookworm";

    private static readonly Dictionary<string, string> Labels = new() { ["memtools-test"] = TestEngine.Owner };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Task<EngineClient> ConnectAsync() => TestEngine.RequireAsync("debian:bookworm");

    private static CreateContainerRequest Request(params string[] command) => new() { Image = Image, Cmd = command, Labels = Labels };

    private static async Task<(string Output, string Error)> ReadAsync(HijackedStream stream, bool isTty)
    {
        using MemoryStream output = new(), error = new();
        await StreamDemultiplexer.CopyAsync(stream.Stream, isTty, m => output.Write(m.Span), m => error.Write(m.Span), Token);
        return (Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(error.ToArray()));
    }

    [Fact]
    public async Task Agrees_on_the_engines_version()
    {
        using EngineClient client = await ConnectAsync();
        string server = await TestEngine.DockerAsync("version", "-f", "{{.Server.APIVersion}} {{.Server.Version}}");
        string[] words = server.Split(' ');
        Assert.True(ApiVersion.TryParse(words[0], out ApiVersion newest));
        Assert.Equal(newest < ApiVersion.Newest ? newest : ApiVersion.Newest, client.Version);
        EngineInfo info = await client.GetInfoAsync(Token);
        Assert.Equal(words[1], info.ServerVersion);
    }

    [Fact]
    public async Task Creates_attaches_starts_waits_and_removes()
    {
        using EngineClient client = await ConnectAsync();
        string id = await client.CreateContainerAsync(Request("sh", "-c", "echo out; echo err >&2; exit 7"), null, null, Token);
        try
        {
            await using HijackedStream stream = await client.AttachContainerAsync(id, false, Token);
            await client.StartContainerAsync(id, Token);
            Assert.Equal(("out\n", "err\n"), await ReadAsync(stream, false));
            Assert.Equal(7, await client.WaitContainerAsync(id, Token));
            ContainerDetails details = await client.InspectContainerAsync(id, Token);
            Assert.Equal((7, false, false), (details.State.ExitCode, details.State.Running, details.State.OomKilled));
            Assert.Contains((await client.ListContainersAsync(true, TestEngine.Label, Token)), c => c.Id == id);
            using MemoryStream log = new();
            await client.CopyLogsAsync(id, false, false, null, m => log.Write(m.Span), _ => { }, Token);
            Assert.Equal("out\n", Encoding.UTF8.GetString(log.ToArray()));
        }
        finally
        {
            await client.RemoveContainerAsync(id, Token);
        }

        Assert.Equal("ContainerNotFound", (await Assert.ThrowsAsync<MemToolsException>(() => client.InspectContainerAsync(id, Token))).ErrorId);
        await client.RemoveContainerAsync(id, Token); // gone already: no error
    }

    [Fact]
    public async Task Standard_input_ends_while_output_goes_on()
    {
        using EngineClient client = await ConnectAsync();
        string id = await client.CreateContainerAsync(
            Request("sh", "-c", "wc -c; echo after") with { OpenStdin = true, StdinOnce = true, AttachStdin = true }, null, null, Token);
        try
        {
            await using HijackedStream stream = await client.AttachContainerAsync(id, true, Token);
            await client.StartContainerAsync(id, Token);
            await stream.Stream.WriteAsync(new byte[300_000], Token);
            await stream.CloseInputAsync();
            Assert.Equal("300000\nafter\n", (await ReadAsync(stream, false)).Output);
        }
        finally
        {
            await client.RemoveContainerAsync(id, Token);
        }
    }

    [Fact]
    public async Task A_terminal_gives_one_unframed_stream()
    {
        using EngineClient client = await ConnectAsync();
        string id = await client.CreateContainerAsync(Request("sh", "-c", "[ -t 1 ] && echo tty; echo err >&2") with { Tty = true }, null, null, Token);
        try
        {
            await using HijackedStream stream = await client.AttachContainerAsync(id, false, Token);
            await client.StartContainerAsync(id, Token);
            Assert.Equal(("tty\r\nerr\r\n", ""), await ReadAsync(stream, true));
        }
        finally
        {
            await client.RemoveContainerAsync(id, Token);
        }
    }

    [Fact]
    public async Task Runs_commands_in_a_container_and_says_their_exit_code()
    {
        using EngineClient client = await ConnectAsync();
        string id = await TestEngine.StartContainerAsync("debian:bookworm", [], "sleep", "100");
        string exec = await client.CreateExecAsync(
            id, new CreateExecRequest { Cmd = ["sh", "-c", "pwd; id -u; echo $A; exit 3"], Env = ["A=ä"], User = "65534", WorkingDir = "/usr" }, Token);
        await using (HijackedStream stream = await client.StartExecAsync(exec, false, Token))
            Assert.Equal("/usr\n65534\nä\n", (await ReadAsync(stream, false)).Output);
        ExecDetails details = await client.InspectExecAsync(exec, Token);
        Assert.Equal((false, 3), (details.Running, details.ExitCode));
        await client.KillContainerAsync(id, "KILL", Token);
        Assert.Equal(137, await client.WaitContainerAsync(id, Token));
        var error = await Assert.ThrowsAsync<MemToolsException>(() => client.CreateExecAsync(id, new CreateExecRequest { Cmd = ["true"] }, Token));
        Assert.Equal("ContainerNotRunning", error.ErrorId);
        await client.RemoveContainerAsync(id, Token);
    }

    [Fact]
    public async Task Archives_go_in_and_out_with_modes_and_links()
    {
        using EngineClient client = await ConnectAsync();
        string id = await client.CreateContainerAsync(Request("true"), null, null, Token);
        try
        {
            await using (var tar = new TarBuilder())
            {
                string longName = new string('n', 120) + ".txt";
                tar.AddDirectory("in/", 0x1FF);
                tar.AddFile("in/" + longName, "content"u8, 0x1C0);
                tar.AddLink("in/link", longName);
                tar.AddFile("in/ümlaut", "x"u8, 0x1A4);
                await client.PutArchiveAsync(id, "/srv", tar.Finish(), Token);
                PathStat? stat = await client.StatPathAsync(id, "/srv/in/" + longName, Token);
                Assert.Equal((7L, 0x1C0, true), (stat!.Size, stat.Permissions, stat.IsFile));
                PathStat? link = await client.StatPathAsync(id, "/srv/in/link", Token);
                Assert.Equal((true, "/srv/in/" + longName), (link!.IsSymlink, link.LinkTarget));
                Assert.True((await client.StatPathAsync(id, "/srv/in", Token))!.IsDirectory);

                await using Stream? back = await client.GetArchiveAsync(id, "/srv/in", Token);
                var reader = new TarStreamReader(back!, "test");
                var seen = new Dictionary<string, (TarKind, int, string)>();
                while (await reader.NextAsync(Token) is { } entry)
                    seen[entry.Name] = (entry.Kind, entry.Mode, entry.LinkName);
                Assert.Equal((TarKind.Directory, 0x1FF, ""), seen["in/"]);
                Assert.Equal((TarKind.File, 0x1C0, ""), seen["in/" + longName]);
                Assert.Equal((TarKind.SymbolicLink, longName), (seen["in/link"].Item1, seen["in/link"].Item3));
                Assert.Contains("in/ümlaut", seen.Keys);
            }

            Assert.Null(await client.StatPathAsync(id, "/nothing", Token));
            Assert.Null(await client.GetArchiveAsync(id, "/nothing", Token));
            var error = await Assert.ThrowsAsync<MemToolsException>(() => client.GetArchiveAsync("memtools-no-such", "/etc", Token));
            Assert.Equal("ContainerNotFound", error.ErrorId);
        }
        finally
        {
            await client.RemoveContainerAsync(id, Token);
        }
    }

    [Fact]
    public async Task A_sparse_file_comes_back_sparse()
    {
        using EngineClient client = await ConnectAsync();
        string id = await TestEngine.StartContainerAsync("debian:bookworm", [], "sh", "-c", "mkdir /s; truncate -s 300M /s/hole; printf end >>/s/hole; sleep 100");
        string folder = Directory.CreateTempSubdirectory("mt-sparse-").FullName;
        try
        {
            while (await client.StatPathAsync(id, "/s/hole", Token) is not { Size: 314572803 })
                await Task.Delay(50, Token);
            await using Stream? tar = await client.GetArchiveAsync(id, "/s", Token);
            await ArchiveExtractor.ExtractAsync(tar!, folder, true, new ExtractLimits(), "test", Token);
            string path = Path.Combine(folder, "hole");
            Assert.Equal(314572803, new FileInfo(path).Length);
            (_, string blocks) = await TestEngine.RunAsync("stat", ["-c", "%b", path], Token);
            Assert.InRange(int.Parse(blocks, System.Globalization.CultureInfo.InvariantCulture), 0, 1024);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
            await client.RemoveContainerAsync(id, Token);
        }
    }

    [Fact]
    public async Task Commits_images_lists_and_removes_them()
    {
        using EngineClient client = await ConnectAsync();
        string id = await client.CreateContainerAsync(Request("true"), null, null, Token);
        string tag = Guid.NewGuid().ToString("n");
        string name = "memtools-test/commit:" + tag;
        try
        {
            await client.CommitAsync(id, "memtools-test/commit", tag, ["LABEL a=\"b c\"", "ENV X=1"], Token);
            ImageDetails? image = await client.InspectImageAsync(name, Token);
            Assert.Equal("b c", image!.Config.Labels!["a"]);
            Assert.Contains("X=1", image.Config.Env!);
            Assert.Equal("amd64", image.Architecture.Replace("arm64", "amd64", StringComparison.Ordinal));
            Assert.Contains(await client.ListImagesAsync(Token), i => i.RepoTags?.Contains(name) == true);
        }
        finally
        {
            await client.RemoveContainerAsync(id, Token);
            await client.RemoveImageAsync(name, Token);
        }

        Assert.Null(await client.InspectImageAsync(name, Token));
    }

    [Fact]
    public async Task A_pull_that_cannot_be_says_why()
    {
        using EngineClient client = await ConnectAsync();
        var error = await Assert.ThrowsAsync<MemToolsException>(() => client.PullImageAsync("registry.invalid/nothing:1", null, null, Token));
        Assert.Equal("ImagePullFailed", error.ErrorId);
    }

    [Fact]
    public async Task Events_tell_of_the_end()
    {
        using EngineClient client = await ConnectAsync();
        string id = await client.CreateContainerAsync(Request("true"), null, null, Token);
        try
        {
            var seen = new List<string>();
            Task start = Task.Run(async () =>
            {
                await Task.Delay(300, Token); // the engine must have taken the request for events before
                await client.StartContainerAsync(id, Token);
            }, Token);
            await foreach (EngineEvent one in client.WatchEventsAsync(id, Token))
            {
                seen.Add(one.Action);
                if (one.Action == "die")
                    break;
            }

            await start;
            Assert.Contains("start", seen);
        }
        finally
        {
            await client.RemoveContainerAsync(id, Token);
        }
    }

    [Fact]
    public async Task Reaches_an_engine_through_ssh()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("the stand-in for ssh is a shell script");
            return;
        }

        (await ConnectAsync()).Dispose();
        // What sshd would do on the other side, without a network: run the command that follows the host's name.
        string folder = Directory.CreateTempSubdirectory("mt-ssh-").FullName;
        string script = Path.Combine(folder, "ssh");
        await File.WriteAllTextAsync(script, "#!/bin/sh\nwhile [ \"$1\" != -- ]; do shift; done\nshift 2\nexec \"$@\"\n", Token);
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        string path = Environment.GetEnvironmentVariable("PATH")!;
        Environment.SetEnvironmentVariable("PATH", folder + ":" + path);
        try
        {
            using EngineClient client = await EngineClient.ConnectAsync(EndpointParser.Parse("ssh://nobody@nowhere", "test"), Token);
            string id = await client.CreateContainerAsync(Request("cat") with { OpenStdin = true, StdinOnce = true, AttachStdin = true }, null, null, Token);
            await using (HijackedStream stream = await client.AttachContainerAsync(id, true, Token))
            {
                await client.StartContainerAsync(id, Token);
                await stream.Stream.WriteAsync("over ssh"u8.ToArray(), Token);
                await stream.Stream.FlushAsync(Token);
                await stream.CloseInputAsync();
                Assert.Equal("over ssh", (await ReadAsync(stream, false)).Output);
            }

            await client.RemoveContainerAsync(id, Token);
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", path);
            Directory.Delete(folder, recursive: true);
        }
    }
}
