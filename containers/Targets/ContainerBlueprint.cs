using MemTools.Containers.Engine.Wire;
using MemTools.Reports.Errors;

namespace MemTools.Containers.Targets;

/// <summary>Turns options into what the engine is asked to create.</summary>
internal static class ContainerBlueprint
{
    private const double NanoCpus = 1e9;

    /// <exception cref="MemToolsException">ContainerVolumeInvalid.</exception>
    public static HostConfig Host(ContainerOptions options, params Mount[] mounts) => new()
    {
        Binds = options.Volumes.Count == 0 ? null : [.. options.Volumes.Select(Bind)],
        Mounts = mounts.Length == 0 ? null : mounts,
        NetworkMode = options.Network,
        Memory = options.Memory ?? 0,
        NanoCpus = (long)((options.CpuCount ?? 0) * NanoCpus),
        ReadonlyRootfs = options.ReadOnly,
        CapAdd = NullWhenEmpty(options.CapAdd),
        CapDrop = NullWhenEmpty(options.CapDrop),
        SecurityOpt = NullWhenEmpty(options.SecurityOpt),
        Tmpfs = options.Tmpfs.Count == 0 ? null : MemoryFileSystems(options.Tmpfs),
        Init = options.Init ? true : null,
    };

    public static Dictionary<string, string> Labels(string run, bool keep)
    {
        var labels = new Dictionary<string, string> { [ContainerLabels.Run] = run, [ContainerLabels.Owner] = ContainerLabels.Self };
        if (keep)
            labels[ContainerLabels.Keep] = "1";
        return labels;
    }

    /// <summary>Paths in the container that are not the image's.</summary>
    public static IReadOnlyList<string> MountTargets(ContainerOptions options) =>
        [.. options.Volumes.Select(v => Parts(v).Target), .. options.Tmpfs.Select(t => t.Split(':')[0])];

    /// <summary>As docker's command line: a relative source is a path of the caller's directory.</summary>
    private static string Bind(string volume)
    {
        (string source, string target, string mode) = Parts(volume);
        if (source.StartsWith('.') || source.StartsWith('~'))
            source = Path.GetFullPath(source.StartsWith('~') ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + source[1..] : source);
        return source + ":" + target + (mode.Length > 0 ? ":" + mode : "");
    }

    /// <summary>Directory → options, from <c>PATH[:options]</c>; of one directory named twice the later counts.</summary>
    private static Dictionary<string, string> MemoryFileSystems(IReadOnlyList<string> texts)
    {
        var made = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string text in texts)
        {
            int colon = text.IndexOf(':', StringComparison.Ordinal);
            string path = colon < 0 ? text : text[..colon];
            if (!path.StartsWith('/'))
            {
                throw new MemToolsException(
                    "ContainerVolumeInvalid", MemToolsErrorCategory.InvalidArgument, $"'{text}' is not a directory to keep in memory.", text,
                    "Write an absolute path, with options after a colon: /tmp or /tmp:size=64m.");
            }

            made[path] = colon < 0 ? "" : text[(colon + 1)..];
        }

        return made;
    }

    private static (string Source, string Target, string Mode) Parts(string volume)
    {
        // A drive letter's colon is not a separator.
        int from = volume.Length > 2 && char.IsAsciiLetter(volume[0]) && volume[1] == ':' && volume[2] is '\\' or '/' ? 2 : 0;
        int first = volume.IndexOf(':', from);
        if (first <= 0 || first == volume.Length - 1)
            throw Invalid(volume);
        int second = volume.IndexOf(':', first + 1);
        string target = second < 0 ? volume[(first + 1)..] : volume[(first + 1)..second];
        return target.StartsWith('/') ? (volume[..first], target, second < 0 ? "" : volume[(second + 1)..]) : throw Invalid(volume);
    }

    private static MemToolsException Invalid(string volume) => new(
        "ContainerVolumeInvalid", MemToolsErrorCategory.InvalidArgument, $"'{volume}' is not a volume.", volume,
        "Write SOURCE:TARGET or SOURCE:TARGET:ro, with an absolute target.");

    private static string[]? NullWhenEmpty(IReadOnlyList<string> list) => list.Count == 0 ? null : [.. list];
}
