using MemTools.Containers.Engine.Wire;
using MemTools.Containers.Targets;

namespace MemTools.Containers;

/// <summary>What a container's environment says about the leak check in it.</summary>
/// <param name="Engine">The engine as reports name it; null when none was asked for.</param>
/// <param name="Mode">HEAPCHECK's value; null for others.</param>
/// <param name="Directory">Where the engine leaves its files.</param>
/// <param name="Prefix">Start of the files' names; empty for any.</param>
/// <param name="Ending">End of the files' names; empty for any.</param>
/// <param name="Program">What the container runs; null when unknown.</param>
internal sealed record CheckedSetup(string? Engine, string? Mode, string Directory, string Prefix, string Ending, string? Program)
{
    public static CheckedSetup Of(ContainerDetails details)
    {
        Dictionary<string, string> variables = EnvironmentList.Read(details.Config.Env, new Dictionary<string, string?>());
        string? program = details.Path is { Length: > 0 } path ? path : null;
        if (variables.TryGetValue("HEAPCHECK", out string? mode) && mode.Length > 0)
        {
            string directory = variables.GetValueOrDefault("HEAP_CHECK_DUMP_DIRECTORY") is { Length: > 0 } named ? named : "/tmp";
            return new CheckedSetup("gperftools", mode, Absolute(directory, details), "", "-end.heap", program);
        }

        bool isPreloaded = variables.GetValueOrDefault("LD_PRELOAD")?.Contains("liblsan", StringComparison.Ordinal) == true;
        if (!isPreloaded && !variables.ContainsKey("LSAN_OPTIONS"))
            return new CheckedSetup(null, null, "/tmp", "", "-end.heap", program);
        string? log = LogPath(variables.GetValueOrDefault("LSAN_OPTIONS") ?? "");
        int slash = log?.LastIndexOf('/') ?? -1;
        return log is null
            ? new CheckedSetup("leaksanitizer", null, "/tmp", "lsan.", "", program)
            : new CheckedSetup("leaksanitizer", null, Absolute(slash < 0 ? "." : slash == 0 ? "/" : log[..slash], details), log[(slash + 1)..] + ".", "", program);
    }

    /// <summary>True for a file of the engine's.</summary>
    public bool IsReport(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Ending, StringComparison.Ordinal) && name.Length > Prefix.Length;

    private static string Absolute(string directory, ContainerDetails details) =>
        directory.StartsWith('/') ? directory : ContainerPath.Join(details.Config.WorkingDir is { Length: > 0 } work ? work : "/", directory);

    /// <summary>log_path of the sanitizer's options, which are parted by blanks, commas or colons and may be quoted.</summary>
    private static string? LogPath(string options)
    {
        const string key = "log_path=";
        int at = options.LastIndexOf(key, StringComparison.Ordinal);
        if (at < 0)
            return null;
        string rest = options[(at + key.Length)..];
        string value = rest.Length > 0 && rest[0] is '"' or '\'' ? rest[1..].Split(rest[0])[0] : rest.Split(':', ',', ' ', '\t', '\n')[0];
        return value is "" or "stderr" or "stdout" ? null : value;
    }
}
