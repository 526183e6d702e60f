using System.CommandLine;
using MemTools.Allocators;
using MemTools.Allocators.Detect;
using MemTools.Cli.Output;
using MemTools.Cli.Parsing;

namespace MemTools.Cli.Commands;

/// <summary>Lists the allocators that are known and present, and what each can do.</summary>
internal sealed class AllocatorsCommand : CliCommand
{
    private readonly Argument<string[]> _names = new("NAME") { Description = "names, wildcards (quoted) or paths of libraries; all when none is given", Arity = ArgumentArity.ZeroOrMore };
    private readonly Setting<bool> _engines = Values.Flag("--engines", "also the leak engines that are packages of their own");
    private readonly Setting<bool> _installed = Values.Flag("--installed", "only what is installed");
    private readonly Setting<OutputFormat> _format = OutputFormats.Option("table", ("table", OutputFormat.Table), ("json", OutputFormat.Json));

    public override IReadOnlyList<Example> Examples =>
    [
        new("allocators", "what is known, what is installed where, and what each can do"),
        new("allocators 'tc*' --format json", "those whose name begins with tc, as JSON"),
        new("allocators /opt/lib/libfoo.so", "tries a library of your own"),
    ];

    public override string Remarks => "Capabilities are proved by running a tiny program under each library, not inferred from file names.";

    public override Command Define() => new("allocators") { _names, _engines, _installed, _format };

    public override async Task<int> RunAsync(ParseResult options, CommandContext context)
    {
        var request = new FindRequest { Names = options.GetValue(_names) ?? [], IncludeEngines = options.GetValue(_engines) };
        var found = await AllocatorFinder.FindAsync(LocalTarget.Instance, request, context.Cancellation);
        IReadOnlyList<Allocator> shown = options.GetValue(_installed) ? [.. found.Where(allocator => allocator.IsInstalled)] : found;
        if (options.GetValue(_format) == OutputFormat.Json)
            AllocatorOutput.WriteJson(context.Terminal.OutStream, shown);
        else
            AllocatorOutput.WriteTable(context.Terminal, shown);
        return ExitCodes.Success;
    }
}
