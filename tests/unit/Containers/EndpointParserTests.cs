using MemTools.Containers.Engine;
using MemTools.Reports.Errors;

namespace MemTools.Tests.Containers;

public class EndpointParserTests
{
    [Theory]
    [InlineData("unix:///var/run/docker.sock", "unix:///var/run/docker.sock")]
    [InlineData("unix://", "unix:///var/run/docker.sock")]
    [InlineData("/run/user/1000/docker.sock", "unix:///run/user/1000/docker.sock")]
    [InlineData("tcp://10.1.2.3", "tcp://10.1.2.3:2375")]
    [InlineData("tcp://10.1.2.3:4243", "tcp://10.1.2.3:4243")]
    [InlineData("tcp://:2375", "tcp://127.0.0.1:2375")]
    [InlineData("localhost:2375", "tcp://localhost:2375")]
    [InlineData("TCP://build:2375/", "tcp://build:2375")]
    [InlineData("tcp://[fe80::1]:2375", "tcp://fe80::1:2375")]
    [InlineData("tcp://[fe80::1]", "tcp://fe80::1:2375")]
    [InlineData("http://h:1", "tcp://h:1")]
    [InlineData("https://h", "tcp://h:2376")]
    [InlineData("ssh://me@build", "ssh://me@build")]
    [InlineData("ssh://me@build:2222/run/podman/podman.sock", "ssh://me@build:2222/run/podman/podman.sock")]
    [InlineData("ssh://build/", "ssh://build")]
    [InlineData("npipe:////./pipe/docker_engine", "npipe:////./pipe/docker_engine")]
    [InlineData(@"npipe://\\.\pipe\docker_engine", "npipe:////./pipe/docker_engine")]
    public void Reads_what_docker_reads(string address, string expected) =>
        Assert.Equal(expected, EndpointParser.Parse(address, "test").ToString());

    [Theory]
    [InlineData("")]
    [InlineData("unix://relative.sock")]
    [InlineData("tcp://h:0")]
    [InlineData("tcp://h:65536")]
    [InlineData("tcp://h:x")]
    [InlineData("ftp://h")]
    [InlineData("ssh://")]
    [InlineData("ssh://-oProxyCommand=evil")]
    [InlineData("ssh://me@")]
    [InlineData("ssh://host/path?query")]
    [InlineData("ssh://a b")]
    [InlineData("npipe://")]
    public void Refuses(string address)
    {
        var error = Assert.Throws<MemToolsException>(() => EndpointParser.Parse(address, "test"));
        Assert.Equal("ContainerHostInvalid", error.ErrorId);
        Assert.NotNull(error.RecommendedAction);
    }

    [Theory]
    [InlineData("ssh://me:hunter2@build")]
    [InlineData("tcp://me:hunter2@build:2375")]
    public void Never_shows_a_password(string address)
    {
        var error = Assert.Throws<MemToolsException>(() => EndpointParser.Parse(address, "test"));
        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.TargetObject!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Tls_folder_makes_tcp_secure()
    {
        EngineEndpoint endpoint = EndpointParser.Parse("tcp://h", "test", "/certs");
        Assert.Equal((EngineTransport.Tls, 2376, "/certs"), (endpoint.Transport, endpoint.Port, endpoint.TlsPath));
        Assert.Equal(EngineTransport.UnixSocket, EndpointParser.Parse("unix:///s", "test", "/certs").Transport);
    }

    [Fact]
    public void A_socket_path_too_long_for_the_system_is_refused()
    {
        Assert.Equal(107, EndpointParser.Parse("unix:///" + new string('a', 106), "test").Path.Length);
        Assert.Throws<MemToolsException>(() => EndpointParser.Parse("unix:///" + new string('a', 107), "test"));
    }

    [Fact]
    public void Ssh_takes_the_host_after_a_double_dash_and_asks_no_password()
    {
        IReadOnlyList<string> arguments = SshDialer.Arguments(EndpointParser.Parse("ssh://me@build:2222/run/p.sock", "test"));
        Assert.Equal(
            ["-o", "BatchMode=yes", "-o", "ConnectTimeout=30", "-T", "-p", "2222", "--", "me@build", "docker", "--host", "unix:///run/p.sock", "system", "dial-stdio"],
            arguments);
    }
}
