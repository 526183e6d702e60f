using MemTools.Reports.Graph;

namespace MemTools.Reports.Writers.Views;

/// <summary>
/// The stacks of the page, root first and sorted by their frames, so that a stack is written as the number of frames it shares with the one
/// before it and the rest. Columns, one after the other: the number of stacks; shared frames; further frames; the further frames themselves
/// (node, times two, plus one where inlined into its caller); values; objects, where the page has them; kinds. Values and objects are
/// zigzag-coded (0, -1, 1, -2 … as 0, 1, 2, 3 …). Read by viewer/src/stacks.ts.
/// </summary>
internal static class HtmlStacks
{
    /// <summary>Writes the columns.</summary>
    public static void Write(Stream output, FrameTable table, string[] kinds, bool hasObjects, CancellationToken cancellation)
    {
        int[] order = [.. Enumerable.Range(0, table.Count)];
        Array.Sort(order, (left, right) =>
        {
            int by = Compare(table.Frames(left), table.Frames(right));
            return by != 0 ? by : left.CompareTo(right);
        });
        cancellation.ThrowIfCancellationRequested();
        var shared = new int[order.Length];
        for (int index = 1; index < order.Length; index++)
            shared[index] = Shared(table.Frames(order[index - 1]), table.Frames(order[index]));

        Number(output, (ulong)order.Length);
        foreach (int count in shared)
            Number(output, (ulong)count);
        for (int index = 0; index < order.Length; index++)
            Number(output, (ulong)(table.Frames(order[index]).Length - shared[index]));
        for (int index = 0; index < order.Length; index++)
        {
            cancellation.ThrowIfCancellationRequested();
            ReadOnlySpan<int> frames = table.Frames(order[index]);
            for (int at = frames.Length - 1 - shared[index]; at >= 0; at--)
                Number(output, ((ulong)FrameTable.Node(frames[at]) << 1) | (FrameTable.IsInlined(frames[at]) ? 1UL : 0));
        }

        foreach (int sample in order)
            Number(output, Zigzag(table.Value(sample)));
        if (hasObjects)
        {
            foreach (int sample in order)
                Number(output, Zigzag(table.Objects(sample)));
        }

        foreach (int sample in order)
            Number(output, (ulong)Array.BinarySearch(kinds, table.Kind(sample), StringComparer.Ordinal));
    }

    /// <summary>Order by frames from the root; a stack comes before those that go on.</summary>
    private static int Compare(ReadOnlySpan<int> left, ReadOnlySpan<int> right)
    {
        int shared = Shared(left, right);
        return shared < Math.Min(left.Length, right.Length) ? left[^(shared + 1)].CompareTo(right[^(shared + 1)]) : left.Length.CompareTo(right.Length);
    }

    /// <summary>Frames that two stacks have in common from the root on.</summary>
    private static int Shared(ReadOnlySpan<int> left, ReadOnlySpan<int> right)
    {
        int most = Math.Min(left.Length, right.Length);
        int count = 0;
        while (count < most && left[^(count + 1)] == right[^(count + 1)])
            count++;
        return count;
    }

    private static ulong Zigzag(long value) => (ulong)((value << 1) ^ (value >> 63));

    private static void Number(Stream output, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            output.WriteByte((byte)(value | 0x80));
        output.WriteByte((byte)value);
    }
}
