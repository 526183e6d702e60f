using System.Globalization;
using System.Text;
using MemTools.Containers.Engine.Wire;

namespace MemTools.Containers.Targets;

/// <summary>
/// Composes an exec. Where the container has a shell, it says its process id first (signals can then be sent) and sets LD_PRELOAD for the program
/// that it becomes, so that the shell itself is never run under it.
/// </summary>
internal static class ExecCommand
{
    /// <summary>Begins the line that the shell writes to standard error before anything else.</summary>
    private const string PidMark = "memtools-pid ";

    private const string Preload = "LD_PRELOAD";

    /// <param name="program">Program and arguments.</param>
    /// <param name="environment">Variables to set, or (null) to remove.</param>
    /// <param name="inherited">The container's variables.</param>
    /// <param name="hasShell">True when /bin/sh is there.</param>
    public static CreateExecRequest Create(
        IReadOnlyList<string> program, IReadOnlyDictionary<string, string?> environment, IReadOnlyDictionary<string, string> inherited, bool hasShell)
    {
        string[] Variables(IEnumerable<string> without) =>
        [
            .. environment.Where(e => !without.Contains(e.Key) && (e.Value is not null || inherited.ContainsKey(e.Key)))
                .Where(e => !(e.Value is not null && inherited.TryGetValue(e.Key, out string? same) && same == e.Value))
                .Select(e => $"{e.Key}={e.Value}"),
        ];
        if (!hasShell)
            return new CreateExecRequest { Cmd = [.. program], Env = Variables([]) };

        var script = new StringBuilder("printf '" + PidMark + "%s\\n' \"$$\" >&2; ");
        foreach ((string name, string? value) in environment)
        {
            if (value is null && name != Preload && inherited.ContainsKey(name) && IsName(name))
                script.Append(CultureInfo.InvariantCulture, $"unset {name}; ");
        }

        string? preload = environment.TryGetValue(Preload, out string? given) ? given : inherited.GetValueOrDefault(Preload);
        script.Append(string.IsNullOrEmpty(preload) ? "unset " + Preload + "; shift; " : "export " + Preload + "=\"$1\"; shift; ");
        script.Append("exec \"$@\"");
        string[] variables = Variables([Preload]);
        return new CreateExecRequest
        {
            Cmd = ["/bin/sh", "-c", script.ToString(), "sh", preload ?? "", .. program],
            Env = inherited.ContainsKey(Preload) ? [.. variables, Preload + "="] : variables,
        };
    }

    /// <summary>The process id in a line of <see cref="Create"/>'s shell; null for other lines.</summary>
    public static int? ReadPid(string line) =>
        line.StartsWith(PidMark, StringComparison.Ordinal)
        && int.TryParse(line.AsSpan(PidMark.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) ? pid : null;

    private static bool IsName(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => c == '_' || char.IsAsciiLetterOrDigit(c));
}
