using System.Management.Automation;
using System.Text;
using MemTools.Reports;
using MemTools.Reports.Errors;
using MemTools.Reports.Model;
using MemTools.Reports.Readers;
using MemTools.Reports.Symbols;
using MemTools.Reports.Symbols.Demangle;
using MemTools.Reports.Symbols.Query;

namespace MemTools.Commands;

/// <summary>Names addresses of a program, a library or a process.</summary>
[Cmdlet(VerbsDiagnostic.Resolve, "Symbol", DefaultParameterSetName = ByFile)]
[OutputType(typeof(StackFrame))]
public sealed class ResolveSymbolCommand : MemToolsCmdlet
{
    private const string ByFile = "File";
    private const string ByMap = "Map";

    private readonly List<ulong> batch = [];
    private SymbolSession? session;

    /// <summary>Addresses: numbers, or hexadecimal texts with or without 0x.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public object[] Address { get; set; } = [];

    /// <summary>The program or library; with a map, files that stand for the recorded ones.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByFile)]
    [Parameter(ParameterSetName = ByMap)]
    [ValidateNotNullOrEmpty]
    [Alias("FilePath")]
    public string[] BinaryPath { get; set; } = [];

    /// <summary>/proc/PID/maps, or a copy of it: addresses are those of the process.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByMap)]
    [ValidateNotNullOrEmpty]
    public string MapPath { get; set; } = "";

    /// <summary>Maps of code made at run time, as /tmp/perf-PID.map.</summary>
    [Parameter(ParameterSetName = ByMap)]
    public string[] PerfMapPath { get; set; } = [];

    /// <summary>Folders with debug files.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] SymbolPath { get; set; } = [];

    /// <summary>Folder that stands for / of the system the addresses come from.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Sysroot { get; set; }

    /// <summary>debuginfod servers.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] DebuginfodUrl { get; set; } = [];

    /// <summary>The addresses are return addresses: names the call before each.</summary>
    [Parameter]
    public SwitchParameter ReturnAddress { get; set; }

    /// <summary>One frame per address.</summary>
    [Parameter]
    public SwitchParameter NoInlines { get; set; }

    /// <summary>How names are shown.</summary>
    [Parameter]
    public DemangleStyle Style { get; set; } = DemangleStyle.Full;

    /// <inheritdoc/>
    protected override bool FailuresTerminate => session is null;

    /// <inheritdoc/>
    protected override void Begin()
    {
        List<Mapping> mappings = ParameterSetName == ByMap ? ReadMap(Paths.Literal(MapPath)) : [];
        if (mappings.Count == 0 && BinaryPath.Length > 1)
        {
            throw new MemToolsException(
                "SymbolFileMissing", MemToolsErrorCategory.InvalidArgument, "Addresses of a file need one file, not several.", BinaryPath, "Give one file, or a map with -MapPath.");
        }

        var options = new SymbolSessionOptions
        {
            BinaryPaths = [.. BinaryPath.Select(Paths.Literal)],
            Mappings = mappings,
            PerfMaps = [.. PerfMapPath.Select(Paths.Literal)],
            SymbolPaths = [.. SymbolPath.Select(Paths.Literal)],
            Files = new LocalFileSource(Sysroot is null ? null : Paths.Literal(Sysroot)),
            DebuginfodUrls = DebuginfodUrl,
            ReturnAddresses = ReturnAddress,
            Style = Style == DemangleStyle.None ? null : Style,
            Resolve = new ResolveOptions { Inlines = !NoInlines },
        };
        session = Await(token => new SymbolSession(options, token));
    }

    /// <inheritdoc/>
    protected override void Process()
    {
        foreach (object item in Address)
            batch.Add(Parse(item));
    }

    /// <inheritdoc/>
    protected override void End()
    {
        var frames = new List<StackFrame>();
        Await(token =>
        {
            session!.Resolve([.. batch], (place, found) => Add(frames, place, found), token);
            return true;
        });
        foreach (string warning in session!.TakeWarnings())
            WriteWarning(warning);
        WriteObject(frames, enumerateCollection: true);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            session?.Dispose();
        base.Dispose(disposing);
    }

    private static ulong Parse(object item)
    {
        object value = item is PSObject wrapped ? wrapped.BaseObject : item;
        return value switch
        {
            string text when AddressReader.TryParse(Encoding.UTF8.GetBytes(text), AddressRadix.Hexadecimal, out ulong address) => address,
            ulong or long or uint or int => unchecked((ulong)Convert.ToInt64(value is ulong u ? unchecked((long)u) : value, System.Globalization.CultureInfo.InvariantCulture)),
            _ => throw new MemToolsException(
                "AddressNotUnderstood", MemToolsErrorCategory.InvalidArgument, $"'{value}' is no address.", value, "Give a number, or a hexadecimal text such as 0x1e7f00."),
        };
    }

    private static List<Mapping> ReadMap(string path)
    {
        var mappings = new List<Mapping>();
        foreach (string line in File.ReadLines(path))
        {
            if (ProcMaps.TryParse(Encoding.UTF8.GetBytes(line), out Mapping mapping))
                mappings.Add(mapping);
        }

        return mappings.Count > 0 ? mappings : throw new MemToolsException(
            "MemoryMapEmpty", MemToolsErrorCategory.InvalidData, $"{path} has no lines of a memory map.", path, "Give /proc/PID/maps of a process that runs, or a copy of it.");
    }

    private void Add(List<StackFrame> into, SymbolPlace place, ReadOnlySpan<ResolvedFrame> found)
    {
        var frame = new StackFrame { Address = place.Address, Module = place.Module, BuildId = place.BuildId, Offset = place.Offset };
        if (found.IsEmpty)
            into.Add(frame);
        for (int i = 0; i < found.Length; i++)
        {
            into.Add(frame with
            {
                Function = Text(session!.Store.FunctionName(found[i].Function)),
                File = Text(session.Store.FilePath(found[i].File)),
                Line = found[i].Line,
                Column = found[i].Column,
                IsInlined = i + 1 < found.Length,
            });
        }
    }

    private static string? Text(ReadOnlySpan<byte> utf8) => utf8.IsEmpty ? null : Encoding.UTF8.GetString(utf8);
}
