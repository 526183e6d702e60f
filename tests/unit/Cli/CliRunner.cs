using System.Text;
using MemTools.Cli;
using MemTools.Cli.Infrastructure;

namespace MemTools.Tests.Cli;

/// <summary>Runs the command in this process over byte streams.</summary>
internal static class CliRunner
{
    public static (int ExitCode, string Out, string Error) Run(params string[] args)
    {
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        var code = Invocation.Run(args, new Terminal(output, error, outIsTerminal: false, errorIsTerminal: false, noColour: true));
        return (code, Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(error.ToArray()));
    }
}
