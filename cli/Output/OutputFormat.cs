using System.CommandLine;
using MemTools.Cli.Parsing;

namespace MemTools.Cli.Output;

/// <summary>How results are written.</summary>
internal enum OutputFormat
{
    Table,
    List,
    Json,
    Csv,
}

/// <summary>The <c>--format</c> option of the commands.</summary>
internal static class OutputFormats
{
    public static Setting<OutputFormat> Option(string defaultName, params (string Name, OutputFormat Value)[] formats) => Values.Choice(
        "--format", $"how results are written (default: {defaultName})", formats.First(format => format.Name == defaultName).Value, formats);
}
