using System.Globalization;
using System.Security;
using MemTools.Reports.Graph;

namespace MemTools.Reports.Writers.Views;

/// <summary>
/// A flame graph (or, inverted, an icicle of callers) as one self-contained SVG without script: every frame has a tooltip with its
/// name, value and share. For search and zoom use the Html view.
/// </summary>
public static class FlameGraphView
{
    private const double Width = 1200;
    private const double Margin = 10;
    private const int RowHeight = 17;
    private const double CharWidth = 6.7;

    /// <summary>Narrower frames are left out: they could not be seen.</summary>
    private const double SmallestWidth = 0.3;

    /// <summary>Writes the picture.</summary>
    public static void Write(TextWriter output, FrameTable table, string title, bool inverted, bool isDiff, ReportOptions options, CancellationToken cancellation)
    {
        CallTreeNode root = CallTree.Build(table, inverted, cancellation);
        Measurement measure = Measurement.For(table.SampleType.Unit, options.Unit is "minimum" ? "auto" : options.Unit, 1, table.Total);
        for (int sample = 0; sample < table.Count && !isDiff; sample++)
            isDiff = table.Value(sample) < 0;
        var colours = new FlameColours(table, isDiff);
        var boxes = new List<(CallTreeNode Node, double X, double W, int Depth)>();
        long whole = Weight(root);
        int depth = Place(root, whole, boxes);
        double height = (depth + 1) * RowHeight + 60;
        output.Write(string.Create(CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{height}\" viewBox=\"0 0 {Width} {height}\" font-family=\"monospace\" font-size=\"11\">\n"));
        output.Write("<rect width=\"100%\" height=\"100%\" fill=\"#fffdf7\"/>\n");
        output.Write($"<text x=\"{Width / 2}\" y=\"20\" text-anchor=\"middle\" font-size=\"15\">{Escape(title)}</text>\n");
        output.Write($"<text x=\"{Width / 2}\" y=\"37\" text-anchor=\"middle\" fill=\"#555\">{Escape(table.SampleType.Type)}: {(isDiff ? $"{Signed(root.Cum, measure)}; red grew, blue shrank" : measure.Label(table.Total))}</text>\n");
        foreach ((CallTreeNode node, double x, double w, int row) in boxes)
        {
            cancellation.ThrowIfCancellationRequested();
            string name = node.NodeId < 0 ? "all" : table.Nodes[node.NodeId].Label;
            double y = inverted ? 45 + row * RowHeight : height - 15 - (row + 1) * RowHeight;
            string tip = $"{name} ({(isDiff ? Signed(node.Cum, measure) : measure.Label(node.Cum))}, {Measurement.Percent(node.Cum, whole).Trim()})";
            output.Write(string.Create(CultureInfo.InvariantCulture,
                $"<g><title>{Escape(tip)}</title><rect x=\"{x:0.##}\" y=\"{y}\" width=\"{w:0.##}\" height=\"{RowHeight - 1}\" fill=\"{colours.Of(node)}\" rx=\"1\"/>"));
            int room = (int)((w - 4) / CharWidth);
            if (room >= 3)
            {
                string text = name.Length <= room ? name : name[..(room - 2)] + "..";
                output.Write(string.Create(CultureInfo.InvariantCulture, $"<text x=\"{x + 2:0.##}\" y=\"{y + 12}\">{Escape(text)}</text>"));
            }

            output.Write("</g>\n");
        }

        output.Write("</svg>\n");
    }

    private static string Signed(long value, Measurement measure) => (value > 0 ? "+" : "") + measure.Label(value);

    /// <summary>Frames are as wide as the absolute values below them, so that a comparison's gains and losses both show.</summary>
    private static long Weight(CallTreeNode node) => Math.Max(Magnitude.Of(node.Cum), node.Children.Aggregate(Magnitude.Of(node.Flat), (sum, child) => Magnitude.Add(sum, child.Cum)));

    private static int Place(CallTreeNode root, long whole, List<(CallTreeNode, double, double, int)> boxes)
    {
        if (whole == 0)
            return 0;
        double scale = (Width - 2 * Margin) / whole;
        int deepest = 0;
        var pending = new Stack<(CallTreeNode Node, double X, double W, int Depth)>([(root, Margin, whole * scale, 0)]);
        while (pending.TryPop(out (CallTreeNode Node, double X, double W, int Depth) at))
        {
            boxes.Add((at.Node, at.X, at.W, at.Depth));
            deepest = Math.Max(deepest, at.Depth);
            double x = at.X;
            foreach (CallTreeNode child in at.Node.Children.OrderBy(child => child.NodeId))
            {
                double w = Math.Min(Magnitude.Of(child.Cum) * scale, at.X + at.W - x);
                if (w >= SmallestWidth)
                    pending.Push((child, x, w, at.Depth + 1));
                x += Math.Max(w, 0);
            }
        }

        return deepest;
    }

    private static string Escape(string text) =>
        SecurityElement.Escape(new string([.. text.Select(one => char.IsControl(one) || char.IsSurrogate(one) || one is '\uFFFE' or '\uFFFF' ? '?' : one)])) ?? "";
}
