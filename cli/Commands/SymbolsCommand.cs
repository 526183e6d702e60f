using System.CommandLine;
using System.Text;
using MemTools.Cli.Infrastructure;
using MemTools.Reports;
using MemTools.Reports.Model;
using MemTools.Reports.Readers;
using MemTools.Reports.Symbols;
using MemTools.Reports.Symbols.Demangle;
using MemTools.Reports.Symbols.Elf;
using MemTools.Reports.Symbols.Output;
using MemTools.Reports.Symbols.Query;

namespace MemTools.Cli.Commands;

/// <summary>Addresses to functions and lines.</summary>
internal sealed class SymbolsCommand : CliCommand
{
    private readonly Argument<string[]> _addresses = new("ADDRESS") { Description = "addresses in hex; from standard input, one a line, unless given", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string[]> _binary = new("--binary", "-e") { Description = "program, library or debug file; with --maps, stands for the module of the same name", HelpName = "FILE" };
    private readonly Option<SymbolOutputFormat> _format = new("--format", "-f") { Description = "text, json (one object a line), llvm (as llvm-symbolizer) or addr2line (as addr2line -C -f -i)", HelpName = "FORMAT" };
    private readonly Option<string?> _maps = new("--maps") { Description = "/proc/PID/maps of a process, or a copy: addresses are absolute", HelpName = "FILE" };
    private readonly Option<string[]> _perfMap = new("--perf-map") { Description = "names of code made at run time, as /tmp/perf-PID.map", HelpName = "FILE" };
    private readonly Option<string[]> _symbolPath = new("--symbol-path") { Description = "folder with debug files", HelpName = "DIR" };
    private readonly Option<string?> _sysroot = new("--sysroot") { Description = "folder that stands for / of the system the addresses come from", HelpName = "DIR" };
    private readonly Option<string[]> _debuginfod = new("--debuginfod-url") { Description = "debuginfod server; DEBUGINFOD_URLS unless given", HelpName = "URL" };
    private readonly Option<bool> _noInlines = new("--no-inlines") { Description = "one frame per address" };
    private readonly Option<bool> _withAddresses = new("--addresses", "-a") { Description = "llvm, addr2line: print each address before its answer" };
    private readonly Option<bool> _pretty = new("--pretty-print", "-p") { Description = "llvm, addr2line: one line a frame" };
    private readonly Option<bool> _baseNames = new("--basenames", "-s") { Description = "llvm, addr2line: files without their folders" };
    private readonly Option<bool> _noFunctions = new("--no-functions") { Description = "llvm, addr2line: files and lines only" };
    private readonly Option<bool> _noDemangle = new("--no-demangle") { Description = "names as the linker knows them" };
    private readonly Option<bool> _short = new("--short") { Description = "names without parameters, template arguments folded" };
    private readonly Option<bool> _noParameters = new("--no-parameters") { Description = "names without parameters" };
    private readonly Option<bool> _return = new("--return-addresses") { Description = "addresses are return addresses: name the call before each" };

    public override IReadOnlyList<Example> Examples =>
    [
        new("symbols --binary ./server 0x1e7f00", "function, file, line and inlined calls of an address"),
        new("symbols --binary ./server --format llvm < addresses.txt", "what llvm-symbolizer would print, sooner"),
        new("symbols -e ./server --format addr2line -a -p < addresses.txt", "what addr2line -C -f -i -a -p would print"),
        new("symbols --maps /proc/1234/maps 0x7f12a0c41b20", "an address of a running process"),
    ];

    public override string Remarks =>
        "Addresses are the file's own virtual addresses (as objdump prints them), or with --maps those of the process. Answers come in order, each as soon as "
        + "the addresses sent so far allow. docs/symbols.md says where debug information is looked for.";

    public override Command Define() => new("symbols")
    {
        _addresses, _binary, _format, _maps, _perfMap, _symbolPath, _sysroot, _debuginfod, _withAddresses, _pretty, _baseNames, _noFunctions, _noInlines, _noDemangle, _noParameters, _short, _return,
    };

    public override Task<int> RunAsync(ParseResult options, CommandContext context)
    {
        SymbolOutputFormat format = options.GetValue(_format);
        string[] words = options.GetValue(_addresses) ?? [];
        string[] binaries = options.GetValue(_binary) ?? [];
        List<Mapping> mappings = options.GetValue(_maps) is { } maps ? ReadMaps(maps) : [];
        if (mappings.Count == 0 && binaries.Length != 1 && options.GetValue(_perfMap) is not { Length: > 0 })
            throw new UsageException("give one file with --binary, or a memory map with --maps");
        if (format is not (SymbolOutputFormat.Llvm or SymbolOutputFormat.Addr2Line)
            && (options.GetValue(_withAddresses) || options.GetValue(_pretty) || options.GetValue(_baseNames) || options.GetValue(_noFunctions)))
            throw new UsageException("--addresses, --pretty-print, --basenames and --no-functions belong to --format llvm or addr2line");
        // addr2line without -i names the innermost function, inlined or not; llvm-symbolizer the one that was not inlined.
        bool inlines = !options.GetValue(_noInlines);
        var files = new LocalFileSource(options.GetValue(_sysroot));
        var sessionOptions = new SymbolSessionOptions
        {
            BinaryPaths = binaries,
            Mappings = mappings,
            PerfMaps = options.GetValue(_perfMap) ?? [],
            SymbolPaths = options.GetValue(_symbolPath) ?? [],
            Files = files,
            DebuginfodUrls = options.GetValue(_debuginfod) is { Length: > 0 } urls ? urls : ReportPlan.EnvironmentUrls,
            ReturnAddresses = options.GetValue(_return),
            NoteMissing = format == SymbolOutputFormat.Text,
            Style = options.GetValue(_noDemangle) ? null : options.GetValue(_short) ? DemangleStyle.Short : options.GetValue(_noParameters) ? DemangleStyle.NoParameters : DemangleStyle.Full,
            Resolve = new ResolveOptions { Inlines = inlines || format == SymbolOutputFormat.Addr2Line, SymbolTableNames = format != SymbolOutputFormat.Addr2Line, QualifiedNames = format is not (SymbolOutputFormat.Llvm or SymbolOutputFormat.Addr2Line) },
        };
        using var session = new SymbolSession(sessionOptions, context.Cancellation);
        using var writer = SymbolWriter.Create(format, context.Terminal.OutStream, new SymbolWriterOptions
        {
            Addresses = options.GetValue(_withAddresses), PrettyPrint = options.GetValue(_pretty), BaseNames = options.GetValue(_baseNames),
            Functions = !options.GetValue(_noFunctions), Inlines = inlines, AddressDigits = session.Module?.Binary.Class == ElfClass.Elf32 ? 8 : 16,
        });
        AddressRadix radix = format switch
        {
            SymbolOutputFormat.Llvm => AddressRadix.ByPrefix,
            SymbolOutputFormat.Addr2Line => AddressRadix.HexadecimalDigits,
            _ => AddressRadix.Hexadecimal,
        };
        bool failed = false;
        if (words.Length > 0)
        {
            var batch = words.Select(word => AddressReader.TryParse(Encoding.UTF8.GetBytes(word), radix, out ulong address) ? new AddressLine(address, null) : new AddressLine(0, word)).ToList();
            SymbolStream.Answer(session, batch, writer, NotAnAddress, context.Cancellation);
            writer.Flush();
            foreach (string warning in session.TakeWarnings())
                Warn(warning);
        }
        else
        {
            using var input = new StandardInput();
            SymbolStream.Run(session, new AddressReader(input, radix, StandardInput.IsReady), writer, NotAnAddress, Warn, context.Cancellation);
        }

        return Task.FromResult(failed ? ExitCodes.Usage : ExitCodes.Success);

        void Warn(string warning) => context.Terminal.Error.WriteLine($"{context.Terminal.ErrorStyle.Bad("memtools:")} {warning}");

        bool NotAnAddress(string text)
        {
            // llvm-symbolizer repeats what it does not understand.
            if (format == SymbolOutputFormat.Llvm)
            {
                context.Terminal.OutStream.Write(Encoding.UTF8.GetBytes(text + "\n"));
                return false;
            }

            if (text.Length > 0)
            {
                failed = true;
                Warn($"'{text}' is no address in hex");
            }

            return false;
        }
    }

    private static List<Mapping> ReadMaps(string path)
    {
        var mappings = new List<Mapping>();
        foreach (string line in File.ReadLines(path))
        {
            if (ProcMaps.TryParse(Encoding.UTF8.GetBytes(line), out Mapping mapping))
                mappings.Add(mapping);
        }

        return mappings.Count > 0 ? mappings : throw new UsageException($"{path} has no lines of a memory map");
    }
}
