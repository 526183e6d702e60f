namespace MemTools.Allocators.Provisioning.Store;

/// <summary>The user's folders (XDG Base Directory Specification).</summary>
public static class UserDirectories
{
    /// <summary><c>$XDG_DATA_HOME/memtools</c>, by default <c>~/.local/share/memtools</c>.</summary>
    public static string Data => Of("XDG_DATA_HOME", ".local/share");

    /// <summary><c>$XDG_CACHE_HOME/memtools</c>, by default <c>~/.cache/memtools</c>.</summary>
    public static string Cache => Of("XDG_CACHE_HOME", ".cache");

    // The specification says that a relative path is invalid and to be ignored.
    private static string Of(string variable, string fallback) =>
        Path.Combine(
            Environment.GetEnvironmentVariable(variable) is { Length: > 0 } path && Path.IsPathRooted(path)
                ? path
                : Path.Combine(Home(), fallback),
            "memtools");

    private static string Home() =>
        Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home
            ? home
            : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } profile ? profile : Path.GetTempPath();
}
