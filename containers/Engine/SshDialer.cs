using System.Diagnostics;
using MemTools.Reports.Errors;

namespace MemTools.Containers.Engine;

/// <summary>Reaches a remote engine through the system's ssh, as docker does: <c>ssh HOST -- docker system dial-stdio</c>.</summary>
internal static class SshDialer
{
    public static Stream Dial(EngineEndpoint endpoint)
    {
        var start = new ProcessStartInfo("ssh")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (string argument in Arguments(endpoint))
            start.ArgumentList.Add(argument);
        try
        {
            return new SshStream(Process.Start(start)!);
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new MemToolsException(
                "SshNotFound", MemToolsErrorCategory.NotInstalled, "The ssh command could not be started.", "ssh",
                "Install OpenSSH's client, or reach the engine over tcp:// with TLS.", error);
        }
    }

    /// <summary>BatchMode: a password prompt would hang where nobody can answer it.</summary>
    internal static IReadOnlyList<string> Arguments(EngineEndpoint endpoint)
    {
        var arguments = new List<string> { "-o", "BatchMode=yes", "-o", "ConnectTimeout=30", "-T" };
        if (endpoint.Port > 0)
            arguments.AddRange(["-p", endpoint.Port.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        arguments.AddRange(["--", endpoint.Host, "docker"]);
        if (endpoint.Path.Length > 0)
            arguments.AddRange(["--host", "unix://" + endpoint.Path]);
        arguments.AddRange(["system", "dial-stdio"]);
        return arguments;
    }
}
