using System.Globalization;
using MemTools.Reports.Graph;
using MemTools.Reports.Model;

namespace MemTools.Reports.Writers.Views;

/// <summary>Callgrind's profile format (opens in kcachegrind): https://valgrind.org/docs/manual/cl-format.html. Names are compressed as that page describes.</summary>
public static class CallgrindView
{
    /// <summary>Writes costs per line and calls between functions; values are whole units of the sample type.</summary>
    public static void Write(TextWriter output, Profile profile, ReportGraph graph)
    {
        output.Write("# callgrind format\nversion: 1\ncreator: MemTools\n");
        if (profile.Mappings.Find(mapping => mapping.IsExecutable && mapping.Path.StartsWith('/')) is { } main)
            output.Write($"cmd: {Clean(main.Path)}\n");
        output.Write("positions: line\n");
        output.Write($"events: {graph.Table.SampleType.Type}({graph.Table.SampleType.Unit})\n");
        var files = new NameTable();
        var functions = new NameTable();
        var objects = new NameTable();
        foreach (GraphNode node in graph.Nodes)
        {
            output.Write($"\nob={objects.Name(node.Info.Module)}\nfl={files.Name(node.Info.File)}\nfn={functions.Name(Function(node.Info))}\n");
            output.Write(string.Create(CultureInfo.InvariantCulture, $"{node.Info.Line} {node.Flat}\n"));
            foreach (GraphEdge edge in node.Out.OrderBy(edge => edge, Comparer<GraphEdge>.Create(GraphTrimmer.EdgeOrder)))
            {
                NodeInfo to = edge.Target.Info;
                output.Write($"cob={objects.Name(to.Module)}\ncfl={files.Name(to.File)}\ncfn={functions.Name(Function(to))}\n");
                // The number of calls is not in a heap profile; kcachegrind needs one.
                output.Write(string.Create(CultureInfo.InvariantCulture, $"calls=1 {to.Line}\n{node.Info.Line} {edge.Weight}\n"));
            }
        }
    }

    private static string Function(NodeInfo info) => info.Name.Length > 0 ? info.Name : info.Label;

    private static string Clean(string text) => text.Replace('\n', ' ').Replace('\r', ' ');

    private sealed class NameTable
    {
        private readonly Dictionary<string, int> known = [];

        public string Name(string name)
        {
            string shown = name.Length > 0 ? Clean(name) : "???";
            if (known.TryGetValue(shown, out int id))
                return string.Create(CultureInfo.InvariantCulture, $"({id})");
            id = known.Count + 1;
            known.Add(shown, id);
            return string.Create(CultureInfo.InvariantCulture, $"({id}) {shown}");
        }
    }
}
