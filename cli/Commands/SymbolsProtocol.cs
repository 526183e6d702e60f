using System.Text;
using System.Text.RegularExpressions;
using MemTools.Reports;
using MemTools.Reports.Model;
using MemTools.Reports.Readers;
using MemTools.Reports.Symbols;

namespace MemTools.Cli.Commands;

/// <summary>
/// The protocol of <c>pprof --symbols PROGRAM</c>: standard input is /proc/PID/maps followed by addresses, one a line with 0x; the answer is one
/// function name a line in the same order, <c>??</c> where nothing is known. gperftools' heap checker speaks it to PPROF_PATH.
/// </summary>
internal static partial class SymbolsProtocol
{
    public static int Run(IReadOnlyList<string> words, Stream input, CommandContext context)
    {
        if (words.Count != 1)
            throw new UsageException("--symbols needs the program");
        var mappings = new List<Mapping>();
        var addresses = new List<ulong>();
        using (var reader = new StreamReader(input, Encoding.UTF8))
        {
            while (reader.ReadLine() is { } line)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                if (Address().Match(line) is { Success: true } match)
                    addresses.Add(ulong.Parse(match.Groups[1].ValueSpan, System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture));
                else if (ProcMaps.TryParse(Encoding.UTF8.GetBytes(line), out var mapping))
                    mappings.Add(mapping);
            }
        }

        mappings.Sort((left, right) => left.Start.CompareTo(right.Start));
        var profile = new Profile
        {
            SampleTypes = [],
            Samples = [],
            Mappings = mappings,
            Locations = addresses.ConvertAll(address => new Location { Address = address, MappingIndex = mappings.FindIndex(mapping => address >= mapping.Start && address < mapping.Limit) }),
        };
        var options = new SymbolizeOptions { BinaryPaths = File.Exists(words[0]) ? [words[0]] : [], DebuginfodUrls = ReportPlan.EnvironmentUrls };
        ProfileSymbolizer.Symbolize(profile, options, new LocalFileSource(), null, context.Cancellation);
        foreach (var location in profile.Locations)
            context.Terminal.Out.WriteLine(location.Lines.Length > 0 ? location.Lines[0].Function.Name.ReplaceLineEndings(" ") : "??");
        return ExitCodes.Success;
    }

    /// <summary>An address anywhere in the line makes it one; maps have no 0x.</summary>
    [GeneratedRegex(@"\b0[xX]([0-9a-fA-F]{1,16})\b")]
    private static partial Regex Address();
}
