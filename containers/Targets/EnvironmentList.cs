namespace MemTools.Containers.Targets;

/// <summary>Environments as engines write them: <c>NAME=VALUE</c>, a bare name to remove one of the image's.</summary>
internal static class EnvironmentList
{
    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>The image's or container's variables with the user's changes; PATH is the engine's default when nobody sets it.</summary>
    public static Dictionary<string, string> Read(IEnumerable<string>? list, IReadOnlyDictionary<string, string?> changes)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = DefaultPath };
        foreach (string entry in list ?? [])
        {
            int equals = entry.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
                variables[entry[..equals]] = entry[(equals + 1)..];
        }

        foreach ((string name, string? value) in changes)
        {
            if (value is null)
                variables.Remove(name);
            else
                variables[name] = value;
        }

        return variables;
    }

    /// <summary>What to tell the engine so that a process gets exactly these, given what the image sets.</summary>
    public static string[] Write(IReadOnlyDictionary<string, string> wanted, IReadOnlyDictionary<string, string> image)
    {
        IEnumerable<string> set = wanted.Where(e => !image.TryGetValue(e.Key, out string? same) || same != e.Value).Select(e => $"{e.Key}={e.Value}");
        return [.. set, .. image.Keys.Where(name => !wanted.ContainsKey(name))];
    }
}
