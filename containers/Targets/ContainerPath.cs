namespace MemTools.Containers.Targets;

/// <summary>Paths in a container: always with slashes, whatever this machine's are like.</summary>
internal static class ContainerPath
{
    /// <summary>A path relative to a directory, with <c>.</c> and <c>..</c> resolved as text.</summary>
    public static string Join(string directory, string path)
    {
        var parts = new List<string>();
        foreach (string part in (path.StartsWith('/') ? path : directory + "/" + path).Split('/'))
        {
            if (part == ".." && parts.Count > 0)
                parts.RemoveAt(parts.Count - 1);
            else if (part is not ("" or "." or ".."))
                parts.Add(part);
        }

        return "/" + string.Join('/', parts);
    }
}
