using System.Text;
using System.Text.RegularExpressions;
using MemTools.Containers.Files;

namespace MemTools.Containers.Targets;

/// <summary>What an image's entry point does with the command that follows it.</summary>
internal enum EntrypointKind
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>It executes the command as it is given: tini, dumb-init, env, or a script that ends in <c>exec "$@"</c> and looks at nothing else.</summary>
    PassesOn,

    /// <summary>A script that looks at the command, or runs something of its own: the command must not be changed.</summary>
    LooksAtCommand,

    /// <summary>A program of its own, which takes the command as its arguments.</summary>
    Program,

    /// <summary><c>sh -c TEXT</c>: ignores the command.</summary>
    ShellText,
}

/// <summary>Reads entry points.</summary>
internal static partial class EntrypointShape
{
    private const int MaxScriptBytes = 256 * 1024;

    /// <summary>Programs that end in executing their arguments.</summary>
    private static readonly HashSet<string> Launchers = new(StringComparer.Ordinal)
    {
        "tini", "tini-static", "dumb-init", "docker-init", "catatonit", "env", "gosu", "su-exec", "setpriv", "nice", "nohup", "exec", "chpst", "stdbuf", "ionice",
    };

    /// <summary>Launchers whose first argument that is no option is not yet the command.</summary>
    private static readonly HashSet<string> TakeUser = new(StringComparer.Ordinal) { "gosu", "su-exec" };

    private static readonly HashSet<string> Shells = new(StringComparer.Ordinal) { "sh", "bash", "dash", "ash", "ksh", "zsh", "busybox" };

    /// <param name="entrypoint">As the image or the user gives it.</param>
    /// <param name="resolve">A program's path in the image; null when it is not there.</param>
    /// <param name="files">The image's files.</param>
    /// <param name="cancellation">Stops reading.</param>
    public static async Task<EntrypointKind> ReadAsync(
        IReadOnlyList<string> entrypoint, Func<string, string?> resolve, ContainerFiles files, CancellationToken cancellation)
    {
        int at = 0;
        while (at < entrypoint.Count && Launchers.Contains(Base(entrypoint[at])))
        {
            bool user = TakeUser.Contains(Base(entrypoint[at]));
            at++;
            while (at < entrypoint.Count && (entrypoint[at].StartsWith('-') || entrypoint[at].Contains('=', StringComparison.Ordinal)))
                at++;
            if (user && at < entrypoint.Count)
                at++;
        }

        if (at == entrypoint.Count)
            return entrypoint.Count == 0 ? EntrypointKind.None : EntrypointKind.PassesOn;
        if (IsShell(entrypoint[at]))
        {
            if (at + 2 < entrypoint.Count && IsCommandOption(entrypoint[at + 1]))
                return at == 0 && entrypoint.Count == 3 ? EntrypointKind.ShellText : EntrypointKind.LooksAtCommand;
            if (at + 1 < entrypoint.Count && entrypoint[at + 1].StartsWith('-'))
                return EntrypointKind.LooksAtCommand;
            at++;
            if (at == entrypoint.Count)
                return EntrypointKind.LooksAtCommand;
        }

        string? path = entrypoint[at].Contains('/', StringComparison.Ordinal) ? entrypoint[at] : resolve(entrypoint[at]);
        string? local = path is null || !path.StartsWith('/') ? null : await files.FetchAsync(path, cancellation);
        if (local is null)
            return EntrypointKind.LooksAtCommand;
        await using FileStream stream = File.OpenRead(local);
        byte[] head = new byte[(int)Math.Min(MaxScriptBytes, stream.Length)];
        await stream.ReadExactlyAsync(head, cancellation);
        if (!head.AsSpan().StartsWith("#!"u8))
            return EntrypointKind.Program;
        return at == entrypoint.Count - 1 && PassesOn(Encoding.UTF8.GetString(head)) ? EntrypointKind.PassesOn : EntrypointKind.LooksAtCommand;
    }

    /// <summary>A script that hands its arguments on untouched and unread.</summary>
    internal static bool PassesOn(string script)
    {
        int newline = script.IndexOf('\n', StringComparison.Ordinal);
        string first = newline < 0 ? script : script[..newline];
        string[] words = first[2..].Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
        if (!words.Any(word => Shells.Contains(Base(word))))
            return false;
        string code = Comments().Replace(newline < 0 ? "" : script[newline..], "");
        return ExecAll().IsMatch(code) && !Looks().IsMatch(code) && AllArguments().Count(code) == 1;
    }

    /// <summary>True for <c>sh -c</c> and its kin.</summary>
    internal static bool IsShellText(IReadOnlyList<string> command) => command.Count >= 3 && IsShell(command[0]) && IsCommandOption(command[1]);

    private static bool IsShell(string program) => Shells.Contains(Base(program));

    /// <summary><c>-c</c>, also together with other letters: <c>-ec</c>, <c>-lc</c>.</summary>
    private static bool IsCommandOption(string option) => option.Length >= 2 && option[0] == '-' && option[1] != '-' && option.EndsWith('c');

    private static string Base(string path) => path[(path.LastIndexOf('/') + 1)..];

    [GeneratedRegex(@"(?m)(^|[;&|]|\s)exec\s+([^\n#;&|]*\s)?""\$@""\s*(;|$)")]
    private static partial Regex ExecAll();

    [GeneratedRegex("\\$@|\\$\\{@")]
    private static partial Regex AllArguments();

    /// <summary>$1, ${1…}, $#, $*, shift, set --, getopts: the script reads or changes its arguments.</summary>
    [GeneratedRegex(@"\$\{?[1-9#*]|(?m)(^|[\s;&|])(shift|getopts|set\s+--)(\s|;|$)")]
    private static partial Regex Looks();

    [GeneratedRegex(@"(?m)(^|\s)#.*$")]
    private static partial Regex Comments();
}
