using System.Globalization;
using System.Text.RegularExpressions;
using MemTools.Reports.Errors;
using MemTools.Reports.Graph;
using MemTools.Reports.Model;

namespace MemTools.Reports.Writers.Views;

/// <summary>pprof's <c>list</c>: the source of the functions that match, each line with its flat and cumulative value.</summary>
public static class ListView
{
    /// <summary>Lines shown around those with values.</summary>
    private const int Context = 5;

    private const long MaxSourceBytes = 64 << 20;

    /// <summary>Writes the annotated source. Source that is not on this machine is said to be missing; the values are shown all the same.</summary>
    /// <param name="output">Text.</param>
    /// <param name="profile">Symbolized profile.</param>
    /// <param name="options">Filters; granularity is lines.</param>
    /// <param name="pattern">Functions to show.</param>
    /// <param name="sourcePaths">Folders to look for source files in, tried with the recorded path's longest tail first.</param>
    /// <param name="files">Where source files are read.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="MemToolsException">FunctionNotFound, PatternInvalid.</exception>
    public static void Write(
        TextWriter output, Profile profile, ReportOptions options, string pattern, IReadOnlyList<string> sourcePaths, IFileSource files, CancellationToken cancellation)
    {
        Regex wanted = Pattern.Compile(pattern, "list")!;
        FrameTable table = FrameTableBuilder.Build(profile, options with { Granularity = Granularity.Lines }, cancellation);
        ReportGraph graph = ReportGraph.Build(table, null, false, cancellation);
        Measurement measure = ReportHeader.Measure(graph, options);
        long total = GraphTrimmer.Base(table, options);
        var functions = graph.Nodes.Where(node => node.Info.Line > 0 && wanted.IsMatch(node.Info.Name))
            .GroupBy(node => (node.Info.Name, node.Info.File)).OrderBy(group => group.Key.Name, StringComparer.Ordinal).ThenBy(group => group.Key.File, StringComparer.Ordinal).ToList();
        if (functions.Count == 0)
        {
            throw new MemToolsException(
                "FunctionNotFound", MemToolsErrorCategory.ObjectNotFound, $"No function with known lines matches '{pattern}'.", pattern,
                "Look at the names in the top view; lines need debug information (-g, or the debug package).");
        }

        output.Write($"Total: {measure.Label(total)}\n");
        foreach (var function in functions)
        {
            cancellation.ThrowIfCancellationRequested();
            var byLine = function.GroupBy(node => node.Info.Line).ToDictionary(group => group.Key, group => (Flat: Magnitude.Sum(group.Select(node => node.Flat)), Cum: Magnitude.Sum(group.Select(node => node.Cum))));
            long flat = Magnitude.Sum(byLine.Values.Select(value => value.Flat));
            long cum = Magnitude.Sum(byLine.Values.Select(value => value.Cum));
            output.Write($"ROUTINE ======================== {function.Key.Name} in {function.Key.File}\n");
            output.Write($"{measure.Label(flat),10} {measure.Label(cum),10} (flat, cum) {Measurement.Percent(cum, total).Trim()} of Total\n");
            string[]? source = Source(function.Key.File, sourcePaths, files, cancellation);
            int first = Math.Max(1, byLine.Keys.Min() - Context);
            int last = byLine.Keys.Max() + Context;
            if (source is null)
            {
                output.Write($" {"",10} {"",10} source not found: {function.Key.File}\n");
                foreach (int line in byLine.Keys.Order())
                    Row(line, "");
                continue;
            }

            for (int line = first; line <= Math.Min(last, source.Length); line++)
                Row(line, source[line - 1]);

            void Row(int line, string text)
            {
                byLine.TryGetValue(line, out (long Flat, long Cum) value);
                output.Write(string.Create(CultureInfo.InvariantCulture, $"{Dot(value.Flat),10} {Dot(value.Cum),10} {line,6}:{text}\n"));
            }
        }

        string Dot(long value) => value == 0 ? "." : measure.Label(value);
    }

    private static string[]? Source(string recorded, IReadOnlyList<string> folders, IFileSource files, CancellationToken cancellation)
    {
        foreach (string candidate in Candidates(recorded, folders))
        {
            if (files.Exists(candidate) && files.Fetch(candidate, cancellation) is { } path && new FileInfo(path).Length <= MaxSourceBytes)
                return File.ReadAllLines(path);
        }

        return null;
    }

    private static IEnumerable<string> Candidates(string recorded, IReadOnlyList<string> folders)
    {
        if (recorded.StartsWith('/'))
            yield return recorded;
        string[] parts = recorded.Split('/', StringSplitOptions.RemoveEmptyEntries);
        foreach (string folder in folders)
        {
            for (int skip = 0; skip < parts.Length; skip++)
                yield return Path.Combine(folder, string.Join('/', parts[skip..]));
        }
    }
}
