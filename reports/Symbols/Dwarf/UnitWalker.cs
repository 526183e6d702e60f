using System.Runtime.InteropServices;

namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>
/// Finds, in one unit, the function and the chain of inlined calls that hold each wanted address. The first walk hops over whatever
/// cannot hold code by DW_AT_sibling and descends only into functions that hold a wanted address; it stops when all are found.
/// Only for addresses still not found a second walk looks into types and abstract functions as well (lambdas, local classes).
/// </summary>
internal sealed class UnitWalker(WorkBudget budget)
{
    private readonly DieAttributes attributes = new();
    private readonly List<AddressRange> ranges = [];
    private readonly List<InlineNode> nodes = [];
    private readonly List<(int Node, int From, int To)> scopes = [];
    private int[] nodeOf = [];
    private int found;

    /// <summary>Nodes of the last walk.</summary>
    public Span<InlineNode> Nodes => CollectionsMarshal.AsSpan(nodes);

    /// <summary>Per wanted address, the innermost node, or -1.</summary>
    public ReadOnlySpan<int> NodeOf => nodeOf;

    /// <summary>Walks the unit for the addresses (ascending).</summary>
    /// <param name="unit">A unit whose root has been read.</param>
    /// <param name="wanted">Addresses, ascending.</param>
    /// <param name="inlines">False to stop at functions.</param>
    public void Walk(DwarfUnit unit, ReadOnlySpan<ulong> wanted, bool inlines)
    {
        nodes.Clear();
        if (nodeOf.Length < wanted.Length)
            nodeOf = new int[Math.Max(wanted.Length, nodeOf.Length * 2)];
        nodeOf.AsSpan(0, wanted.Length).Fill(-1);
        found = 0;
        Pass(unit, wanted, inlines, deep: false);
        if (found < wanted.Length)
            Pass(unit, wanted, inlines, deep: true);
    }

    private void Pass(DwarfUnit unit, ReadOnlySpan<ulong> wanted, bool inlines, bool deep)
    {
        AbbreviationTable table = unit.Abbreviations!;
        ReadOnlySpan<AbbreviationOp> ops = table.Ops;
        ReadOnlySpan<Abbreviation> abbreviations = table.List;
        bool dense = table.IsDense;
        var reader = new DwarfReader(unit.Section.Span[..unit.End], unit.FirstDie, unit.BigEndian);
        scopes.Clear();
        int node = -1, from = 0, to = wanted.Length;
        // Depth of the function that is walked because it holds a wanted address; its calls must be seen to the end.
        int claimedDepth = int.MaxValue;
        while (reader.Position < reader.Data.Length)
        {
            int die = reader.Position;
            ulong code = reader.Uleb();
            if (code == 0)
            {
                if (scopes.Count == 0)
                    break;
                (node, from, to) = scopes[^1];
                scopes.RemoveAt(scopes.Count - 1);
                if (scopes.Count <= claimedDepth)
                    claimedDepth = int.MaxValue;
                if (claimedDepth == int.MaxValue && found == wanted.Length || scopes.Count == 0)
                    break;
                continue;
            }

            ref readonly Abbreviation abbreviation = ref abbreviations[
                dense && code < (ulong)abbreviations.Length ? (int)code : table.IndexOf(code)];
            bool examine = abbreviation.HasCode && abbreviation.Kind switch
            {
                DieKind.Function => true,
                DieKind.Inlined => node >= 0 && inlines,
                DieKind.Block => node >= 0 && inlines && abbreviation.HasChildren,
                _ => false,
            };
            if (examine)
            {
                DieReader.Read(ref reader, ops.Slice(abbreviation.ReadStart, abbreviation.ReadCount), unit, attributes);
                (int Node, int From, int To) scope = Enter(unit, wanted, abbreviation.Kind, die, node, from, to);
                if (!abbreviation.HasChildren)
                {
                    if (claimedDepth == int.MaxValue && found == wanted.Length)
                        break;
                    continue;
                }

                if (scope.Node < 0 && !deep && abbreviation.HasSibling && TryHop(ref reader, attributes.Value(AttributeSlot.Sibling)))
                    continue;
                if (scope.Node >= 0 && claimedDepth == int.MaxValue)
                    claimedDepth = scopes.Count;
                Push(node, from, to);
                (node, from, to) = scope;
                continue;
            }

            if (!abbreviation.HasChildren)
            {
                DieReader.Skip(ref reader, ops.Slice(abbreviation.SkipStart, abbreviation.SkipCount), unit);
                if (scopes.Count == 0)
                    break;
                continue;
            }

            // Hop over children that cannot hold code, or only in the second walk.
            bool descend = abbreviation.Kind switch
            {
                DieKind.Scope => true,
                DieKind.Block => node >= 0 && inlines || deep,
                DieKind.Type or DieKind.Function or DieKind.Inlined => deep,
                _ => false,
            };
            if (!descend && abbreviation.HasSibling)
            {
                DieReader.Skip(ref reader, ops.Slice(abbreviation.SkipStart, abbreviation.SkipCount), unit);
                int form = abbreviation.SiblingForm;
                if (TryHop(ref reader, DieReader.Value(ref reader, ref form, unit)))
                    continue;
                reader.Position = die;
                reader.Uleb();
            }

            DieReader.Read(ref reader, ops.Slice(abbreviation.ReadStart, abbreviation.ReadCount), unit, attributes);
            Push(node, from, to);
            if (abbreviation.Kind is not (DieKind.Block or DieKind.Leaf))
                node = -1;
        }

        budget.Spend(reader.Position - unit.FirstDie);
    }

    private void Push(int node, int from, int to)
    {
        if (scopes.Count >= DwarfLimits.MaxDepth)
            throw new DwarfException("DIEs are nested too deeply");
        scopes.Add((node, from, to));
    }

    /// <summary>Goes to the sibling if it lies ahead; a damaged reference is passed over by walking the children.</summary>
    private static bool TryHop(ref DwarfReader reader, ulong sibling)
    {
        if (sibling <= (ulong)reader.Position || sibling > (ulong)reader.Data.Length)
            return false;
        reader.Position = (int)sibling;
        return true;
    }

    /// <summary>Matches the DIE just read against the wanted addresses; returns what holds inside it (node -1: nothing wanted in it).</summary>
    private (int Node, int From, int To) Enter(DwarfUnit unit, ReadOnlySpan<ulong> wanted, DieKind kind, int die, int outer, int from, int to)
    {
        bool isFunction = kind == DieKind.Function;
        if (isFunction)
        {
            outer = -1;
            from = 0;
            to = wanted.Length;
        }

        ranges.Clear();
        RangeReader.Read(unit, attributes, ranges, budget);
        int node = -1, first = int.MaxValue, last = -1;
        foreach (AddressRange range in ranges)
        {
            int i = LowerBound(wanted, from, to, range.Low);
            if (i >= to || wanted[i] >= range.High)
                continue;
            first = Math.Min(first, i);
            for (; i < to && wanted[i] < range.High; i++)
            {
                last = Math.Max(last, i);
                if (kind == DieKind.Block)
                {
                    node = outer;
                    continue;
                }

                // Functions that share an address (folded by the linker) keep the first; whatever is nested overrides.
                if (isFunction && nodeOf[i] >= 0)
                    continue;
                if (node < 0)
                {
                    node = nodes.Count;
                    nodes.Add(NewNode(die, outer));
                }

                if (nodeOf[i] < 0)
                    found++;
                nodeOf[i] = node;
            }
        }

        return node < 0 ? (-1, from, to) : (node, first, last + 1);
    }

    private InlineNode NewNode(int die, int outer) => new()
    {
        Parent = outer,
        Die = die,
        CallFile = Small(AttributeSlot.CallFile),
        CallLine = Small(AttributeSlot.CallLine),
        CallColumn = Small(AttributeSlot.CallColumn),
        Function = -1,
    };

    private uint Small(AttributeSlot slot) => (uint)Math.Min(attributes.Value(slot), uint.MaxValue);

    private static int LowerBound(ReadOnlySpan<ulong> wanted, int low, int high, ulong address)
    {
        while (low < high)
        {
            int middle = (int)((uint)(low + high) >> 1);
            if (wanted[middle] < address)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
