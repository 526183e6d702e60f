using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using MemTools.Allocators;
using MemTools.Allocators.HeapCheck;
using MemTools.Allocators.Launch;
using MemTools.Allocators.Preflight;
using MemTools.Cli.Infrastructure;
using MemTools.Cli.Output;
using MemTools.Cli.Parsing;
using MemTools.Cli.Running;

namespace MemTools.Cli.Commands;

/// <summary>Says beforehand whether an allocator would take effect and a leak check would run, and if not, why.</summary>
internal sealed class CheckCommand : CliCommand
{
    private readonly Option<string?> _allocator = Values.Text("--allocator", "NAME|PATH", "the allocator by its catalogue name, or the path of a library", "-a");
    private readonly Setting<HeapCheckMode> _heapCheck = RunOptions.HeapCheckSetting("--heap-check", "the leak check that is planned (default: normal)", HeapCheckMode.Normal);
    private readonly Option<string?> _engine = Values.Text("--engine", "NAME", "the leak engine (default: the best one that can run)");
    private readonly Setting<OutputFormat> _format = OutputFormats.Option("list", ("list", OutputFormat.List), ("json", OutputFormat.Json));

    public override bool TakesProgram => true;

    public override IReadOnlyList<Example> Examples =>
    [
        new("check --allocator tcmalloc -- ./dmserver", "would tcmalloc's heap checker run in this program?"),
        new("check --heap-check none --allocator jemalloc -- ./dmserver --port 80", "would the allocator take effect?"),
        new("check --format json -- ./start.sh", "findings as JSON; scripts and wrappers are looked through"),
    ];

    public override string Remarks => "Nothing is started. Exit codes: 0 it would work, 3 it would not. The findings are explained in docs/preflight.md.";

    public override Command Define() => new("check") { _allocator, _heapCheck, _engine, _format };

    public override async Task<int> RunAsync(ParseResult options, CommandContext context)
    {
        if (context.Program.Count == 0)
            throw new UsageException("the program to check is missing");
        var request = new LaunchRequest
        {
            FilePath = context.Program[0],
            Arguments = RawArguments.Of([.. context.Program.Skip(1)]),
            Allocator = options.GetValue(_allocator),
            HeapCheck = options.GetValue(_heapCheck),
            Engine = options.GetValue(_engine),
            // All findings are wanted, not only the first that would stop a start.
            AllowUnchecked = true,
        };
        var plan = await LaunchPlanner.PlanAsync(request, LocalTarget.Instance, cancellation: context.Cancellation);
        if (options.GetValue(_format) == OutputFormat.Json)
            FindingOutput.WriteJson(context.Terminal.OutStream, plan.Findings);
        else
            FindingOutput.WriteText(context.Terminal, plan);
        return plan.Findings.Any(finding => finding.Severity == PreflightSeverity.Blocking) ? ExitCodes.NotChecked : ExitCodes.Success;
    }
}

/// <summary>Preflight findings as text or JSON.</summary>
internal static class FindingOutput
{
    // The text is UTF-8 data, not a part of a web page: names stay readable.
    private static readonly FindingJson Json = new(new JsonSerializerOptions(FindingJson.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = null,
    });

    public static void WriteText(Terminal terminal, LaunchPlan plan)
    {
        var (writer, style) = (terminal.Out, terminal.OutStyle);
        foreach (var finding in plan.Findings)
        {
            var severity = finding.Severity switch
            {
                PreflightSeverity.Blocking => style.Bad("blocking"),
                PreflightSeverity.Warning => style.Warn("warning"),
                _ => style.Faint("note"),
            };
            writer.WriteLine($"{severity}: {finding.Message} [{finding.Id}]");
            if (finding.WouldHaveHappened.Length > 0)
                writer.WriteLine($"  what would happen: {finding.WouldHaveHappened}");
            writer.WriteLine($"  what to do: {finding.Action}");
        }

        if (plan.Findings.All(finding => finding.Severity != PreflightSeverity.Blocking))
            writer.WriteLine($"{style.Good("OK:")} {Path.GetFileName(plan.FilePath)} can run under {Allocator(plan)}{(plan.Engine is null ? "" : $", checked by {plan.Engine.Name}")}.");
    }

    public static void WriteJson(Stream stream, IReadOnlyList<PreflightFinding> findings)
    {
        stream.Write(JsonSerializer.SerializeToUtf8Bytes(findings, Json.IReadOnlyListPreflightFinding));
        stream.Write("\n"u8);
    }

    private static string Allocator(LaunchPlan plan) =>
        plan.Allocator is { } allocator ? $"{allocator.Name} {allocator.Version}".TrimEnd() : "its own allocator";
}

/// <summary>The JSON form of preflight findings: docs/json.md.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(IReadOnlyList<PreflightFinding>))]
internal sealed partial class FindingJson : JsonSerializerContext;
