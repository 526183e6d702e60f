using System.Management.Automation;
using MemTools.Reports;
using MemTools.Reports.Model;
using MemTools.Reports.Readers;
using MemTools.Reports.Symbols;

namespace MemTools.Commands;

/// <summary>Cmdlets that read heap profiles from files.</summary>
public abstract class HeapProfileCmdlet : MemToolsCmdlet
{
    /// <summary>The program or libraries, where the recorded ones are gone.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] BinaryPath { get; set; } = [];

    /// <summary>Folders with debug files.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] SymbolPath { get; set; } = [];

    /// <summary>debuginfod servers.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] DebuginfodUrl { get; set; } = [];

    /// <summary>Only what this thread allocated: jemalloc's number of it.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? Thread { get; set; }

    /// <summary>Leaves addresses without names.</summary>
    [Parameter]
    public SwitchParameter NoSymbols { get; set; }

    /// <summary>Reads and names one file; says its warnings.</summary>
    protected HeapProfile Read(string path, int index)
    {
        WriteVerbose($"Reading {path}.");
        var options = new SymbolizeOptions
        {
            BinaryPaths = [.. BinaryPath.Select(Paths.Literal)], SymbolPaths = [.. SymbolPath.Select(Paths.Literal)], DebuginfodUrls = DebuginfodUrl,
        };
        var profile = Await(token =>
        {
            var read = ProfileReader.Read(path, new ProfileReadOptions { Thread = Thread, Progress = Progress() }, token);
            if (!NoSymbols)
                ProfileSymbolizer.Symbolize(read, options, new LocalFileSource(), Progress(), token);
            return read;
        });
        foreach (var warning in profile.Warnings)
            WriteWarning(warning);
        return new HeapProfile([path], profile, index);
    }
}
