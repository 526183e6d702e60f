using System.CommandLine;
using MemTools.Allocators.Launch;
using MemTools.Cli.Parsing;

namespace MemTools.Cli.Commands;

/// <summary>Removes runs and their files.</summary>
internal sealed class RunsRemoveCommand : CliCommand
{
    private readonly Argument<string[]> _ids = new("ID") { Description = "runs: an id, the beginning of one, or latest", Arity = ArgumentArity.ZeroOrMore };
    private readonly Setting<TimeSpan?> _olderThan = Values.Duration("--older-than", "all finished runs that started longer ago, such as 7d");
    private readonly Setting<bool> _whatIf = Values.Flag("--what-if", "only say what would be removed");

    public override IReadOnlyList<Example> Examples =>
    [
        new("runs remove --older-than 7d", "prunes what is a week old"),
        new("runs remove latest --what-if", "says what it would remove"),
    ];

    public override Command Define() => new("remove") { _ids, _olderThan, _whatIf };

    public override Task<int> RunAsync(ParseResult options, CommandContext context)
    {
        var ids = options.GetValue(_ids) ?? [];
        var age = options.GetValue(_olderThan);
        if (ids.Length == 0 && age is null)
            throw new UsageException("name runs, or give --older-than");
        var store = new RunStore();
        var whatIf = options.GetValue(_whatIf);
        foreach (var id in ids)
        {
            var run = store.Get(id);
            if (!whatIf)
                store.Remove(run.Id);
            Say(context, run, whatIf);
        }

        if (age is { } limit)
        {
            foreach (var run in whatIf ? [.. store.FinishedBefore(DateTimeOffset.UtcNow - limit)] : store.RemoveOlderThan(limit))
                Say(context, run, whatIf);
        }

        return Task.FromResult(ExitCodes.Success);
    }

    private static void Say(CommandContext context, AllocatorRun run, bool whatIf) =>
        context.Terminal.Out.WriteLine($"{(whatIf ? "would remove" : "removed")} {run.Id} ({run.FilePath})");
}
