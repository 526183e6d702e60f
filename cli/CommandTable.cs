using MemTools.Cli.Commands;

namespace MemTools.Cli;

/// <summary>A name of the command line. Its class is made only when it is run, as every object costs start time.</summary>
/// <param name="Path">All words after <c>memtools</c>.</param>
/// <param name="Create">Null for a mere group.</param>
internal sealed record CommandEntry(string Path, string Summary, Func<CliCommand>? Create, bool IsHidden = false)
{
    public string Name => Path[(Path.LastIndexOf(' ') + 1)..];
}

/// <summary>All commands.</summary>
internal static class CommandTable
{
    public static IReadOnlyList<CommandEntry> Entries { get; } =
    [
        new("run", "launch a program under an allocator, check it for leaks, prove that the check ran", static () => new RunCommand()),
        new("leaks", "read leak reports: one record for each distinct stack", static () => new LeaksCommand()),
        new("compare", "what is new, fixed, grown or shrunk between two reports", static () => new CompareCommand()),
        new("runs", "the runs kept on disk: list, show, wait, stop, remove", static () => new RunsListCommand()),
        new("runs list", "list runs", static () => new RunsListCommand()),
        new("runs show", "show one run", static () => new RunsShowCommand()),
        new("runs wait", "wait for the end of a run", static () => new RunsWaitCommand()),
        new("runs stop", "stop a run's program", static () => new RunsStopCommand()),
        new("runs remove", "remove runs and their files", static () => new RunsRemoveCommand()),
        new("allocators", "the allocators known and present, and what each can really do", static () => new AllocatorsCommand()),
        new("install", "provision an allocator, without root", static () => new InstallCommand()),
        new("uninstall", "remove what was provisioned", static () => new UninstallCommand()),
        new("check", "would an allocator take effect and a leak check run, and if not, why", static () => new CheckCommand()),
        new("supervise", "watch a run for 'memtools run --no-wait'", static () => new SuperviseCommand(), IsHidden: true),
        new("report", "write a heap profile as text, tree, graph, flame graph, page, …", static () => new ReportCommand()),
        new("pprof", "take the command lines of pprof and jeprof", static () => new PprofCommand()),
        new("symbols", "addresses to functions, files, lines and inlined calls", static () => new SymbolsCommand()),
        new("completion", "print a completion script for bash, zsh or fish", static () => new CompletionCommand()),
    ];

    /// <summary>Finds the command that the first words name, and how many words did.</summary>
    public static (CommandEntry? Entry, int Depth) Find(IReadOnlyList<string> words)
    {
        if (words.Count > 1 && Get($"{words[0]} {words[1]}") is { } child)
            return (child, 2);
        var entry = words.Count > 0 ? Get(words[0]) : null;
        if (entry is null)
            return (null, 0);
        return entry.Create is not null ? (entry, 1) : (null, 1);
    }

    /// <summary>The names that may follow the given words.</summary>
    public static IEnumerable<string> Names(IReadOnlyList<string> words)
    {
        var prefix = words.Count == 0 ? "" : string.Join(' ', words) + " ";
        return Entries.Where(entry => !entry.IsHidden && entry.Path.StartsWith(prefix, StringComparison.Ordinal) && !entry.Path[prefix.Length..].Contains(' '))
            .Select(entry => entry.Name);
    }

    private static CommandEntry? Get(string path) => Entries.FirstOrDefault(entry => entry.Path == path);
}
