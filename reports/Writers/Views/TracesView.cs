using MemTools.Reports.Graph;
using MemTools.Reports.Model;

namespace MemTools.Reports.Writers.Views;

/// <summary>pprof's <c>traces</c>: every stack with its value, leaf first.</summary>
public static class TracesView
{
    private const string Separator = "-----------+-------------------------------------------------------\n";

    /// <summary>Writes the stacks, largest first.</summary>
    public static void Write(TextWriter output, Profile profile, FrameTable table, ReportOptions options, CancellationToken cancellation)
    {
        long smallest = long.MaxValue;
        for (int sample = 0; sample < table.Count; sample++)
            smallest = Math.Min(smallest, Magnitude.Of(table.Value(sample)));
        Measurement measure = Measurement.For(table.SampleType.Unit, options.Unit, smallest, table.Total);
        ReportHeader.WriteProfile(output, profile, table);
        var tags = new TagSelection(options);
        foreach (int sample in Order(table))
        {
            cancellation.ThrowIfCancellationRequested();
            output.Write(Separator);
            bool first = true;
            foreach ((string key, string tag) in TagSelection.Of(table.Source(sample)))
            {
                if (tags.Includes(key, tag))
                    output.Write($"{key,10}:  {tag}\n");
            }

            foreach (int frame in table.Frames(sample))
            {
                string value = first ? measure.Label(table.Value(sample)) : "";
                output.Write($"{value,10}   {table.Nodes[FrameTable.Node(frame)].Label}{(FrameTable.IsInlined(frame) ? " (inline)" : "")}\n");
                first = false;
            }
        }

        output.Write(Separator);
    }

    /// <summary>Sample numbers by descending value; equal ones as they stand in the profile.</summary>
    internal static int[] Order(FrameTable table)
    {
        int[] order = [.. Enumerable.Range(0, table.Count)];
        Array.Sort(order, (left, right) =>
        {
            int by = Magnitude.Of(table.Value(right)).CompareTo(Magnitude.Of(table.Value(left)));
            return by != 0 ? by : left.CompareTo(right);
        });
        return order;
    }
}
