using System.Text;
using MemTools.Reports.Graph;

namespace MemTools.Reports.Writers.Views;

/// <summary>Collapsed stacks, as flame graph tools take them: <c>root;caller;leaf value</c>, one distinct stack a line, sorted.</summary>
public static class CollapsedView
{
    /// <summary>Writes the stacks; semicolons and line ends inside names become colons and spaces, for the format cannot quote them.</summary>
    public static void Write(TextWriter output, FrameTable table, CancellationToken cancellation)
    {
        string[] names = [.. table.Nodes.Select(node => node.Label.Replace(';', ':').Replace('\n', ' ').Replace('\r', ' '))];
        var lines = new List<string>();
        var path = new StringBuilder();
        Walk(CallTree.Build(table, false, cancellation), path);
        lines.Sort(string.CompareOrdinal);
        foreach (string line in lines)
            output.Write(line + "\n");

        void Walk(CallTreeNode root, StringBuilder text)
        {
            var pending = new Stack<(CallTreeNode Node, int Length)>([(root, 0)]);
            while (pending.TryPop(out (CallTreeNode Node, int Length) at))
            {
                text.Length = at.Length;
                if (at.Node.NodeId >= 0)
                    text.Append(text.Length > 0 ? ";" : "").Append(names[at.Node.NodeId]);
                if (at.Node.Flat != 0 && text.Length > 0)
                    lines.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{text} {at.Node.Flat}"));
                foreach (CallTreeNode child in at.Node.Children)
                    pending.Push((child, text.Length));
            }
        }
    }
}
