using System.Text;
using System.Text.RegularExpressions;
using MemTools.Reports;
using MemTools.Reports.Errors;
using MemTools.Reports.Graph;
using MemTools.Reports.Model;
using MemTools.Reports.Readers;
using MemTools.Reports.Writers.Views;

namespace MemTools.Fuzz.Targets;

/// <summary>
/// Every reader of profiles behind the recognition of formats: an error that names the file and the place, or a profile of which each view can be
/// made, and which the Pprof and Json views keep.
/// </summary>
internal sealed partial class ProfileTarget : FuzzTarget
{
    private static readonly ReportView[] s_views =
        [ReportView.Text, ReportView.PerlText, ReportView.Tree, ReportView.Traces, ReportView.Dot, ReportView.FlameGraph, ReportView.Callgrind, ReportView.Collapsed, ReportView.Speedscope, ReportView.Csv, ReportView.Tags, ReportView.Raw];

    public override string Name => "profiles";

    public override int MaxLength => 8192;

    public override IReadOnlyList<byte[]> Seeds() =>
        [.. Directory.GetFiles(Path.Combine(Repository(), "tests", "data", "profiles")).Where(file => !file.EndsWith(".py", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    public override IReadOnlyList<byte[]> Words =>
    [
        .. new[]
        {
            "\n", " ", "0", "-1", "9223372036854775807", "18446744073709551615", "0xffffffffffffffff", "@ 0x1", ": ", "[", "]", "MAPPED_LIBRARIES:\n", "heap_v2/", "t*: ", "n1: ", "n0: ",
            "calls=1 ", "fn=(1)", "cfn=(2) ", "events: ", "+0", "{", "}", "\"values\":", "\"frames\":", "heap_tree=peak\n", "mem_heap_B=", ";", "<stack>", "</stack>", "#0 0x1 in f",
        }.Select(Encoding.ASCII.GetBytes),
        [0x12, 0x04, 0x0A, 0x02], [0x22, 0x02, 0x08, 0x01], [0x32, 0x00], [0xFF, 0xFF, 0xFF, 0xFF, 0x0F],
    ];

    public override ulong Run(byte[] input)
    {
        Profile profile;
        try
        {
            profile = ProfileReader.Read(new MemoryStream(input), "fuzzed.file", new ProfileReadOptions(), CancellationToken.None);
        }
        catch (MemToolsException error)
        {
            if (!error.Message.Contains("fuzzed.file", StringComparison.Ordinal) || (error.ErrorId is "ReportMalformed" or "ProfileInvalid" && !Place().IsMatch(error.Message)))
                throw new FuzzFailure($"the error names no file or place: {error.Message}");
            return (ulong)(uint)Place().Replace(error.Message, "").GetHashCode(StringComparison.Ordinal) << 32;
        }

        foreach (ReportView view in s_views)
            Write(profile, view);
        Keeps(profile, ReportView.Pprof);
        Keeps(profile, ReportView.Json);
        return HashCode64(profile);
    }

    private static MemoryStream Write(Profile profile, ReportView view)
    {
        var output = new MemoryStream();
        ReportGenerator.WriteAsync(profile, new ReportRequest { View = view, Options = new ReportOptions { AllocatorFrames = true, Trim = false } }, output, new LocalFileSource(), CancellationToken.None).GetAwaiter().GetResult();
        output.Position = 0;
        return output;
    }

    private static void Keeps(Profile before, ReportView view)
    {
        Profile after = ProfileReader.Read(Write(before, view), "written", new ProfileReadOptions(), CancellationToken.None);
        for (int column = 0; column < before.SampleTypes.Count; column++)
        {
            // The Json view leaves out stacks whose shown value is 0.
            long expected = HeapProfile.Total(before, column), found = HeapProfile.Total(after, column);
            if (expected != found && (view is ReportView.Pprof || column == SampleTypes.Find(before, null)))
                throw new FuzzFailure($"{view} has a total of {found} {before.SampleTypes[column].Type}, not {expected}");
        }
    }

    private static ulong HashCode64(Profile profile) =>
        ((ulong)profile.SampleTypes.Count << 24) ^ ((ulong)Math.Min(profile.Samples.Count, 15) << 16) ^ ((ulong)Math.Min(profile.Locations.Count, 15) << 8) ^ (ulong)Math.Min(profile.Warnings.Count, 7)
        ^ ((ulong)Math.Min(profile.Mappings.Count, 3) << 4);

    [GeneratedRegex(@"line \d+|byte \d+|at \$")]
    private static partial Regex Place();
}
