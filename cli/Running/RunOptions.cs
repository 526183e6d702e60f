using System.CommandLine;
using MemTools.Allocators.Catalog;
using MemTools.Allocators.HeapCheck;
using MemTools.Allocators.Launch;
using MemTools.Cli.Output;
using MemTools.Cli.Parsing;

namespace MemTools.Cli.Running;

/// <summary>The options of <c>memtools run</c>, and the launch request that they make.</summary>
internal sealed class RunOptions
{
    private readonly Option<string?> _allocator = Values.Text("--allocator", "NAME|PATH", "the allocator by its catalogue name, or the path of a library (default with --heap-check: the best one for the check)", "-a");
    private readonly Setting<HeapCheckMode> _heapCheck = HeapCheckSetting(
        "--heap-check", "check for leaks when the program ends (default: none); docs/heap-check.md describes the modes", HeapCheckMode.None);

    private readonly Option<string?> _engine = Values.Text("--engine", "NAME", "the leak engine (default: the best one that can run)");
    private readonly Setting<long?> _repeat = Values.Count("--repeat", $"report only what grows when the work is repeated so often; {RepeatedLaunch.Placeholder} in an argument or variable stands for the number");
    private readonly Setting<bool> _heapProfile = Values.Flag("--heap-profile", "turn the allocator's heap profiler on; profiles go to the run's folder");
    private readonly Setting<long?> _heapProfileInterval = Values.Size("--heap-profile-interval", "a profile for each so many bytes allocated");
    private readonly Option<string[]> _allocatorOption = Values.Texts("--allocator-option", "NAME=VALUE", "an option of the allocator, checked against the catalogue; may be repeated", "-o");
    private readonly Setting<bool> _testPointerAlignment = Values.Flag("--test-pointer-alignment", "when leaks are found, look again for pointers at odd addresses");
    private readonly Setting<long?> _maxPointerOffset = Values.Size("--max-pointer-offset", "how far into an object a pointer may point and still keep it alive; -1 for all of it", allowNegative: true);
    private readonly Setting<long?> _maxFreeQueueSize = Values.Size("--max-free-queue-size", "how much freed memory tcmalloc-debug keeps back to find late writes");
    private readonly Setting<bool?> _reclaimMemory = Values.Boolean("--reclaim-memory", "whether tcmalloc-debug gives freed memory back at all");
    private readonly Option<string[]> _environment = Values.Texts("--environment", "NAME=VALUE", "a variable for the program; NAME alone removes it; may be repeated", "-e");
    private readonly Option<string?> _workingDirectory = Values.Text("--working-directory", "FOLDER", "where the program starts");
    private readonly Option<string?> _standardInput = Values.Text("--stdin", "FILE", "standard input from a file");
    private readonly Setting<TimeSpan?> _timeout = Values.Duration("--timeout", "after this the program gets SIGTERM, then SIGKILL; such as 30s or 10m");
    private readonly Setting<bool> _allowUnchecked = Values.Flag("--allow-unchecked", "start even when no check can be made, and do not fail because of it");
    private readonly Setting<bool> _noWait = Values.Flag("--no-wait", "return as soon as the program runs; its output goes to the run's folder");

    public Option<string?> StandardOutput { get; } = Values.Text("--stdout", "TARGET", "tee (default: shown and kept), inherit (not kept), capture (kept, not shown), or a file");

    public Option<string?> StandardError { get; } = Values.Text("--stderr", "TARGET", "tee (default), inherit, capture, or a file");

    public Setting<bool> Verbose { get; } = Values.Flag("--verbose", "show each step and the checker's own lines", "-v");

    public Setting<OutputFormat> Format { get; } = OutputFormats.Option("text", ("text", OutputFormat.Table), ("list", OutputFormat.List), ("json", OutputFormat.Json));

    public GateOptions Gate { get; } = new();

    public SymbolOptions Symbols { get; } = new();

    public ContainerRunOptions Containers { get; } = new();

    public static Setting<HeapCheckMode> HeapCheckSetting(string name, string help, HeapCheckMode defaultMode) => Values.Choice(
        name, help, defaultMode, ("none", HeapCheckMode.None), ("minimal", HeapCheckMode.Minimal), ("normal", HeapCheckMode.Normal),
        ("strict", HeapCheckMode.Strict), ("draconian", HeapCheckMode.Draconian), ("as-is", HeapCheckMode.AsIs), ("local", HeapCheckMode.Local));

    public Command Define(string name)
    {
        _allocator.CompletionSources.Add(_ => AllocatorCatalog.Allocators.Select(entry => new System.CommandLine.Completions.CompletionItem(entry.Name)));
        _engine.CompletionSources.Add(_ => LeakEngines.Names.Select(engine => new System.CommandLine.Completions.CompletionItem(engine)));
        var command = new Command(name)
        {
            _allocator, _heapCheck, _engine, _repeat, Format, _heapProfile, _heapProfileInterval, _allocatorOption, _testPointerAlignment, _maxPointerOffset,
            _maxFreeQueueSize, _reclaimMemory, _environment, _workingDirectory, _standardInput, StandardOutput, StandardError, _timeout, _allowUnchecked,
            _noWait, Verbose,
        };
        Gate.AddTo(command);
        Containers.AddTo(command);
        Symbols.AddTo(command);
        return command;
    }

    public LaunchRequest Request(ParseResult options, IReadOnlyList<string> program, IReadOnlyList<byte[]>? rawArguments = null)
    {
        if (program.Count == 0 && !Containers.IsImage(options))
            throw new UsageException("the program to run is missing");
        var interval = options.GetValue(_heapProfileInterval);
        return new LaunchRequest
        {
            FilePath = program.Count == 0 ? "" : program[0],
            Arguments = rawArguments ?? RawArguments.Of([.. program.Skip(1)]),
            Allocator = options.GetValue(_allocator),
            HeapCheck = options.GetValue(_heapCheck),
            Engine = options.GetValue(_engine),
            HeapProfile = options.GetValue(_heapProfile) || interval is not null,
            HeapProfileInterval = interval,
            AllocatorOptions = Values.Pairs("--allocator-option", options.GetValue(_allocatorOption) ?? []),
            TestPointerAlignment = options.GetValue(_testPointerAlignment),
            MaxPointerOffset = options.GetValue(_maxPointerOffset),
            MaxFreeQueueSize = options.GetValue(_maxFreeQueueSize),
            ReclaimMemory = options.GetValue(_reclaimMemory),
            Environment = Environment(options.GetValue(_environment) ?? []),
            WorkingDirectory = options.GetValue(_workingDirectory),
            StandardInputPath = options.GetValue(_standardInput),
            StandardOutput = ProgramStreams.Mode(options.GetValue(StandardOutput)),
            StandardError = ProgramStreams.Mode(options.GetValue(StandardError)),
            Timeout = options.GetValue(_timeout),
            AllowUnchecked = options.GetValue(_allowUnchecked),
            NoWait = options.GetValue(_noWait),
        };
    }

    /// <summary>How often the work is repeated; null for once.</summary>
    public int? Repeat(ParseResult options) => options.GetValue(_repeat) is { } times ? (int)Math.Min(times, int.MaxValue) : null;

    /// <summary>The option words as they were given, for a second process.</summary>
    public static IReadOnlyList<string> Words(ParseResult options) => [.. options.Tokens.Select(token => token.Value)];

    private static Dictionary<string, string?> Environment(string[] texts)
    {
        var variables = new Dictionary<string, string?>();
        foreach (var text in texts)
        {
            var at = text.IndexOf('=');
            if (text.Length == 0 || at == 0)
                throw new UsageException($"--environment needs NAME=VALUE or NAME, not '{text}'");
            variables[at < 0 ? text : text[..at]] = at < 0 ? null : text[(at + 1)..];
        }

        return variables;
    }
}
