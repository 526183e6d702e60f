using System.Security.Cryptography;
using System.Text;
using MemTools.Containers.Engine;
using MemTools.Reports.Errors;

namespace MemTools.Tests.Containers;

/// <summary>The order: parameter, DOCKER_HOST, DOCKER_CONTEXT, currentContext, sockets.</summary>
public sealed class EndpointFinderTests : IDisposable
{
    private readonly string config = Directory.CreateTempSubdirectory("mt-config-").FullName;
    private readonly Dictionary<string, string> variables = [];

    public EndpointFinderTests() => variables["DOCKER_CONFIG"] = config;

    public void Dispose() => Directory.Delete(config, recursive: true);

    private EngineEndpoint Find(string? parameter = null) => EndpointFinder.Find(parameter, name => variables.GetValueOrDefault(name));

    private void WriteContext(string name, string docker)
    {
        string id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        string folder = Directory.CreateDirectory(Path.Combine(config, "contexts", "meta", id)).FullName;
        File.WriteAllText(Path.Combine(folder, "meta.json"), $$$"""{"Name":"{{{name}}}","Metadata":{},"Endpoints":{"docker":{{{docker}}} } }""");
    }

    private void WriteConfig(string text) => File.WriteAllText(Path.Combine(config, "config.json"), text);

    [Fact]
    public void Each_step_wins_over_the_next()
    {
        WriteContext("one", """{"Host":"tcp://one:1"}""");
        WriteContext("two", """{"Host":"tcp://two:2"}""");
        WriteConfig("""{"auths":{},"currentContext":"two"}""");
        Assert.Equal("tcp://two:2", Find().ToString());
        Assert.Equal("context two", Find().Source);
        variables["DOCKER_CONTEXT"] = "one";
        Assert.Equal("tcp://one:1", Find().ToString());
        variables["DOCKER_HOST"] = "tcp://host:3";
        Assert.Equal("tcp://host:3", Find().ToString());
        Assert.Equal("tcp://parameter:4", Find("tcp://parameter:4").ToString());
    }

    [Fact]
    public void The_default_context_is_the_default_socket()
    {
        WriteConfig("""{"currentContext":"default"}""");
        variables["DOCKER_CONTEXT"] = "default";
        Assert.Equal(EngineTransport.UnixSocket, Find().Transport);
    }

    [Fact]
    public void An_empty_variable_counts_as_unset()
    {
        WriteContext("one", """{"Host":"tcp://one:1"}""");
        WriteConfig("""{"currentContext":"one"}""");
        variables["DOCKER_HOST"] = "";
        variables["DOCKER_CONTEXT"] = "";
        Assert.Equal("tcp://one:1", Find().ToString());
    }

    [Fact]
    public void A_context_brings_its_certificates()
    {
        WriteContext("safe", """{"Host":"tcp://safe","SkipTLSVerify":false}""");
        string id = Convert.ToHexStringLower(SHA256.HashData("safe"u8));
        string tls = Directory.CreateDirectory(Path.Combine(config, "contexts", "tls", id, "docker")).FullName;
        variables["DOCKER_CONTEXT"] = "safe";
        EngineEndpoint endpoint = Find();
        Assert.Equal((EngineTransport.Tls, 2376, tls, true), (endpoint.Transport, endpoint.Port, endpoint.TlsPath, endpoint.VerifyTls));
        WriteContext("safe", """{"Host":"tcp://safe","SkipTLSVerify":true}""");
        Assert.False(Find().VerifyTls);
    }

    [Theory]
    [InlineData("1", null, true)]
    [InlineData(null, "1", false)]
    public void Environment_asks_for_tls(string? tlsVerify, string? tls, bool verified)
    {
        variables["DOCKER_HOST"] = "tcp://h";
        if (tlsVerify is not null)
            variables["DOCKER_TLS_VERIFY"] = tlsVerify;
        if (tls is not null)
            variables["DOCKER_TLS"] = tls;
        Assert.Equal((EngineTransport.Tls, config, verified), (Find().Transport, Find().TlsPath, Find().VerifyTls));
        variables["DOCKER_CERT_PATH"] = "/certs";
        Assert.Equal("/certs", Find().TlsPath);
    }

    [Fact]
    public void A_missing_context_is_an_error_that_names_its_source()
    {
        variables["DOCKER_CONTEXT"] = "gone";
        var error = Assert.Throws<MemToolsException>(() => Find());
        Assert.Equal("ContainerContextNotFound", error.ErrorId);
        Assert.Contains("DOCKER_CONTEXT", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("")]
    public void A_broken_configuration_is_an_error(string text)
    {
        WriteConfig(text);
        Assert.Equal("ContainerConfigInvalid", Assert.Throws<MemToolsException>(() => Find()).ErrorId);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"Host\":17}")]
    [InlineData("{\"Host\":\"\"}")]
    public void A_context_without_an_address_is_an_error(string docker)
    {
        WriteContext("odd", docker);
        variables["DOCKER_CONTEXT"] = "odd";
        Assert.Equal("ContainerConfigInvalid", Assert.Throws<MemToolsException>(() => Find()).ErrorId);
    }

    [Fact]
    public void Other_sockets_are_tried_when_the_default_is_missing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || File.Exists("/var/run/docker.sock"), "the default socket exists here and wins");
        variables["HOME"] = config;
        string folder = Directory.CreateDirectory(Path.Combine(config, ".docker", "run")).FullName;
        File.WriteAllText(Path.Combine(folder, "docker.sock"), "");
        Assert.Equal("Docker Desktop socket", Find().Source);
        variables["XDG_RUNTIME_DIR"] = config;
        File.WriteAllText(Path.Combine(config, "docker.sock"), "");
        Assert.Equal("rootless socket", Find().Source);
    }
}
