using System.CommandLine;
using MemTools.Cli.Infrastructure;
using MemTools.Cli.Parsing;
using MemTools.Reports.Readers;
using MemTools.Reports.Symbols;
using MemTools.Reports.Symbols.Elf;
using MemTools.Reports.Writers.Views;

namespace MemTools.Cli.Commands;

/// <summary>The command line of pprof and jeprof, so that the line a heap checker prints works when <c>memtools</c> is put before it.</summary>
internal sealed class PprofCommand : CliCommand
{
    private const string Opened = "memtools-pprof";

    public override bool TakesWords => true;

    public override IReadOnlyList<Example> Examples =>
    [
        new("pprof ./server \"/tmp/server.1234._main_-end.heap\" --inuse_objects --lines --heapcheck --edgefraction=1e-10 --nodefraction=1e-10 --text", "the line that the heap checker prints"),
        new("pprof --text --base=server.0001.heap ./server server.0002.heap", "what grew, in the columns of the Perl pprof"),
        new("pprof -top -sample_index=alloc_space server.pb.gz", "Go's spellings"),
        new("pprof --symbols ./server < maps-and-addresses", "names for addresses, one a line: set PPROF_PATH to a script that runs this"),
    ];

    public override string Remarks =>
        "Options are those of the Perl pprof, jeprof and Go's pprof, with one dash or two: "
        + "--text --stacks --top --tree --traces --peek=REGEX --list=REGEX --dot --svg --png --pdf --ps --gif --gv --web --callgrind --collapsed --proto --topproto --raw --tags --comments --html; "
        + "--functions --filefunctions --lines --files --addresses; --inuse_space --inuse_objects --alloc_space --alloc_objects --contentions --total_delay --mean_delay; --cum --base --diff_base --normalize "
        + "--drop_negative --focus --ignore --hide --show --show_from --prune_from --retain --exclude --tagfocus --tagignore --tagroot --tagleaf --thread --nodecount --nodefraction --edgefraction --maxdegree "
        + "--heapcheck --show_bytes --no_strip_temp --add_lib --lib_prefix --output. docs/pprof.md lists what each does and what is accepted without effect. --gv and --web write a picture and print its path where no desktop is.";

    public override Command Define() => new("pprof");

    public override async Task<int> RunAsync(ParseResult options, CommandContext context)
    {
        var arguments = PprofArguments.Parse(context.Program);
        if (arguments.Has("version"))
        {
            context.Terminal.Out.WriteLine($"memtools {Invocation.Version}");
            return ExitCodes.Success;
        }

        if (arguments.Has("symbols"))
            return SymbolsProtocol.Run(arguments.Words, new StandardInput(), context);
        var (binaries, profiles) = Split(arguments.Words);
        if (arguments.Words.Find(word => word.StartsWith("http://", StringComparison.Ordinal) || word.StartsWith("https://", StringComparison.Ordinal)) is { } address)
            throw new UsageException($"{address}: profiles are read from files; fetch it first, for example with curl -o profile.pb.gz {address}");
        if (profiles.Count == 0)
            throw new UsageException("name at least one profile");
        var output = arguments.Value("output") ?? (arguments.IsShown ? Path.Combine(Path.GetTempPath(), $"{Opened}.{Environment.ProcessId}.{(arguments.View is ReportView.Callgrind ? "callgrind" : arguments.PictureFormat)}") : null);
        var plan = new ReportPlan
        {
            Files = profiles,
            Base = arguments.Value("base") ?? arguments.Value("diff_base"),
            KeepSides = arguments.Value("diff_base") is not null,
            Normalize = arguments.Has("normalize"),
            DropNegative = arguments.Has("drop_negative"),
            Thread = Thread(arguments),
            LibraryPrefixes = (arguments.Value("lib_prefix") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries),
            Comments = arguments.Comments,
            Symbols = arguments.Value("symbolize") is "none" or "no" ? null : new SymbolizeOptions
            {
                BinaryPaths = [.. binaries, .. arguments.AddedLibraries],
                SymbolPaths = (Environment.GetEnvironmentVariable("PPROF_BINARY_PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries),
                DebuginfodUrls = ReportPlan.EnvironmentUrls,
                Inlines = !arguments.Has("noinlines"),
            },
            Output = output,
            Request = new ReportRequest
            {
                View = arguments.View ?? ReportView.PerlText,
                Options = arguments.Options(),
                PictureFormat = arguments.PictureFormat,
                Pattern = arguments.Value("pattern") ?? ".",
                SourcePaths = (arguments.Value("source_path") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries),
                Title = Path.GetFileName(binaries.Concat(profiles).First()),
            },
        };
        await plan.RunAsync(context);
        if (arguments.IsShown && !Desktop.Open(output!))
            context.Terminal.Out.WriteLine(output);
        return ExitCodes.Success;
    }

    private static int? Thread(PprofArguments arguments) => arguments.Value("thread") is not { } text ? null
        : int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number
        : throw new UsageException($"--thread needs a number, not '{text}'");

    /// <summary>As both pprofs: the first word is the program when it is an ELF file (or no profile) and others follow.</summary>
    private static (List<string> Binaries, List<string> Profiles) Split(List<string> words)
    {
        if (words.Count > 0 && File.Exists(words[0]) && IsElf(words[0]))
            return ([words[0]], [.. words.Skip(1)]);
        return words.Count > 1 && !File.Exists(words[0]) ? ([], [.. words.Skip(1)]) : ([], words);
    }

    private static bool IsElf(string path)
    {
        using var file = ElfFile.TryOpen(path, out _);
        return file is not null;
    }
}
