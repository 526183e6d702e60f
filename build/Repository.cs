using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace MemTools.Build;

/// <summary>Where things lie in the working copy.</summary>
internal static class Repository
{
    /// <summary>The folder of build.sh.</summary>
    public static string Root { get; } = FindRoot();

    public static string Out => Path.Combine(Root, "out");

    public static string Artifacts => Path.Combine(Root, "artifacts");

    public static string CommandDirectory => Path.Combine(Out, "memtools");

    public static string Command => Path.Combine(CommandDirectory, "memtools");

    public static string ModuleDirectory => Path.Combine(Out, "MemTools");

    /// <summary>The module manifest's version: every assembly and package has it.</summary>
    public static string Version { get; } =
        Regex.Match(File.ReadAllText(InRoot("MemTools.psd1")), @"ModuleVersion\s*=\s*'([^']+)'").Groups[1].Value;

    /// <summary>This machine's runtime identifier, or that of the asked architecture.</summary>
    public static string RuntimeIdentifier(string? architecture) =>
        "linux-" + (architecture ?? RuntimeInformation.OSArchitecture switch
        {
            Architecture.Arm64 => "arm64",
            Architecture.X64 => "x64",
            var other => throw new BuildFailure($"no build for the architecture {other}; x64 and arm64 are supported"),
        });

    public static string InRoot(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "MemTools.slnx")))
                return folder.TrimEnd('/');
        }

        throw new BuildFailure("the build program must be run from the working copy, by ./build.sh");
    }
}

/// <summary>Ends a task with a message for people; no stack trace.</summary>
internal sealed class BuildFailure(string message) : Exception(message);
