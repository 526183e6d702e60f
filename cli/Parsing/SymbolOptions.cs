using System.CommandLine;
using MemTools.Reports.Symbols;

namespace MemTools.Cli.Parsing;

/// <summary>Where symbols come from: the same options for each command that names addresses.</summary>
internal sealed class SymbolOptions
{
    private readonly Option<string[]> _binary = Values.Texts("--binary", "FILE", "the program or a library where the recorded one is gone; may be repeated");
    private readonly Option<string[]> _symbolPath = Values.Texts("--symbol-path", "FOLDER", "a folder with debug files; may be repeated");
    private readonly Option<string[]> _debuginfodUrl = Values.Texts("--debuginfod-url", "URL", "ask this debuginfod server for debug files; also from DEBUGINFOD_URLS");

    public void AddTo(Command command)
    {
        command.Add(_binary);
        command.Add(_symbolPath);
        command.Add(_debuginfodUrl);
    }

    public SymbolizeOptions Read(ParseResult options)
    {
        var given = options.GetValue(_debuginfodUrl) ?? [];
        var urls = given.Length > 0 ? given : [Environment.GetEnvironmentVariable("DEBUGINFOD_URLS") ?? ""];
        return new SymbolizeOptions
        {
            BinaryPaths = options.GetValue(_binary) ?? [],
            SymbolPaths = options.GetValue(_symbolPath) ?? [],
            // elfutils' variable: servers parted by blanks.
            DebuginfodUrls = [.. urls.SelectMany(url => url.Split(' ', StringSplitOptions.RemoveEmptyEntries))],
        };
    }
}
