using MemTools.Reports.Symbols.Collections;

namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>
/// Finds, in one unit, the function and the chain of inlined calls that hold each wanted address. The first walk hops over whatever
/// cannot hold code by DW_AT_sibling and descends only into functions that hold a wanted address; it stops when all are found.
/// Only for addresses still not found a second walk looks into types and abstract functions as well (lambdas, local classes).
/// </summary>
internal sealed class UnitWalker(WorkMeter work)
{
    private readonly DieAttributes attributes = new();
    private readonly Rows<AddressRange> ranges = new();
    private readonly Rows<Scope> scopes = new();
    private int[] nodeOf = [];
    private ulong[] wanted = [];
    private int count;
    private int found;

    /// <summary>Functions and calls of the last walk.</summary>
    public Rows<InlineNode> Nodes { get; } = new(256);

    /// <summary>The innermost node of a wanted address, or -1.</summary>
    public int NodeOf(int index) => nodeOf[index];

    /// <summary>Walks the unit.</summary>
    /// <param name="unit">A unit whose root has been read.</param>
    /// <param name="addresses">Addresses, ascending.</param>
    /// <param name="addressCount">How many of them.</param>
    /// <param name="inlines">False to stop at functions.</param>
    public void Walk(DwarfUnit unit, ulong[] addresses, int addressCount, bool inlines)
    {
        wanted = addresses;
        count = addressCount;
        Nodes.Clear();
        if (nodeOf.Length < count)
            nodeOf = new int[Math.Max(count, nodeOf.Length * 2)];
        Array.Fill(nodeOf, -1, 0, count);
        found = 0;
        Pass(unit, inlines, deep: false);
        if (found < count)
            Pass(unit, inlines, deep: true);
    }

    private void Pass(DwarfUnit unit, bool inlines, bool deep)
    {
        AbbreviationTable table = unit.Abbreviations!;
        AbbreviationOp[] ops = table.Ops;
        Abbreviation[] abbreviations = table.List;
        ulong dense = table.IsDense ? (ulong)table.Count : 0;
        var reader = new DwarfReader(unit.Section, unit.FirstDie, unit.End, unit.BigEndian);
        scopes.Clear();
        var scope = new Scope { Node = -1, From = 0, To = count };
        // Depth of the function that is walked because it holds a wanted address; its calls must be seen to the end.
        int claimedDepth = int.MaxValue;
        while (reader.Remaining > 0)
        {
            int die = reader.Position;
            ulong code = reader.Uleb();
            if (code == 0)
            {
                if (scopes.Count == 0)
                    break;
                scopes.RemoveLast();
                scope = scopes.Items[scopes.Count];
                if (scopes.Count <= claimedDepth)
                    claimedDepth = int.MaxValue;
                if (claimedDepth == int.MaxValue && found == count || scopes.Count == 0)
                    break;
                continue;
            }

            ref Abbreviation abbreviation = ref abbreviations[code < dense ? (int)code : table.IndexOf(code)];
            bool descend = false;
            switch (abbreviation.Action)
            {
                case WalkAction.Pass:
                    if (abbreviation.FixedSkip >= 0)
                        reader.Skip((uint)abbreviation.FixedSkip);
                    else
                        DieReader.Skip(ref reader, in abbreviation, ops, unit);
                    if (scopes.Count == 0)
                        return;
                    continue;
                case WalkAction.Hop:
                    break;
                case WalkAction.HopFirst:
                    descend = deep;
                    break;
                case WalkAction.Descend:
                    descend = true;
                    break;
                case WalkAction.Block:
                    descend = deep || scope.Node >= 0 && inlines;
                    break;
                case WalkAction.Function:
                    if (!Enter(ref reader, unit, in abbreviation, die, isFunction: true, isBlock: false, ref scope, ref claimedDepth, deep))
                        continue;
                    work.Spend(reader.Position - unit.FirstDie);
                    return;
                case WalkAction.Inlined when scope.Node >= 0 && inlines:
                    Enter(ref reader, unit, in abbreviation, die, isFunction: false, isBlock: false, ref scope, ref claimedDepth, deep);
                    continue;
                case WalkAction.CodeBlock when scope.Node >= 0 && inlines:
                    Enter(ref reader, unit, in abbreviation, die, isFunction: false, isBlock: true, ref scope, ref claimedDepth, deep);
                    continue;
                case WalkAction.Inlined when !abbreviation.HasChildren:
                    DieReader.Skip(ref reader, in abbreviation, ops, unit);
                    continue;
                default:
                    descend = deep;
                    break;
            }

            // Here the DIE has children.
            if (!descend && abbreviation.HasSibling)
            {
                if (abbreviation.FixedSkip >= 0)
                    reader.Skip((uint)abbreviation.FixedSkip);
                else
                    DieReader.Skip(ref reader, in abbreviation, ops, unit);
                int form = abbreviation.SiblingForm;
                if (TryHop(ref reader, DieReader.Value(ref reader, ref form, unit)))
                    continue;
                reader.Seek(die);
                reader.Uleb();
            }

            if (abbreviation.HasSibling)
                DieReader.Read(ref reader, in abbreviation, table, unit, attributes);
            else
                DieReader.Skip(ref reader, in abbreviation, ops, unit);
            Push(in scope);
            if (abbreviation.Action is not (WalkAction.Block or WalkAction.Hop))
                scope.Node = -1;
        }

        work.Spend(reader.Position - unit.FirstDie);
    }

    private void Push(in Scope scope)
    {
        if (scopes.Count >= DwarfLimits.MaxDepth)
            throw new DwarfException("DIEs are nested too deeply");
        scopes.Add(scope);
    }

    /// <summary>Goes to the sibling if it lies ahead; a damaged reference is passed over by walking the children.</summary>
    private static bool TryHop(ref DwarfReader reader, ulong sibling)
    {
        if (sibling <= (ulong)reader.Position || sibling > (ulong)reader.End)
            return false;
        reader.Seek((int)sibling);
        return true;
    }

    /// <summary>Reads a DIE with code, matches it against the wanted addresses, and goes into it or over it.</summary>
    /// <returns>True when nothing is left to find.</returns>
    private bool Enter(
        ref DwarfReader reader, DwarfUnit unit, in Abbreviation abbreviation, int die, bool isFunction, bool isBlock, ref Scope scope, ref int claimedDepth, bool deep)
    {
        DieReader.Read(ref reader, in abbreviation, unit.Abbreviations!, unit, attributes);
        Scope inner = Match(unit, isFunction, isBlock, die, in scope);
        if (!abbreviation.HasChildren)
            return claimedDepth == int.MaxValue && found == count;
        if (inner.Node < 0 && !deep && abbreviation.HasSibling && TryHop(ref reader, attributes.Value(AttributeSlot.Sibling)))
            return false;
        if (inner.Node >= 0 && claimedDepth == int.MaxValue)
            claimedDepth = scopes.Count;
        Push(in scope);
        scope = inner;
        return false;
    }

    /// <summary>Matches the DIE just read against the wanted addresses; returns what holds inside it (node -1: nothing wanted in it).</summary>
    private Scope Match(DwarfUnit unit, bool isFunction, bool isBlock, int die, in Scope outer)
    {
        int from = isFunction ? 0 : outer.From, to = isFunction ? count : outer.To, parent = isFunction ? -1 : outer.Node;
        ranges.Clear();
        RangeReader.Read(unit, attributes, ranges, work);
        // gcc writes an empty range at a unit's start as two zeros, which end a list of DWARF 2 to 4 before its other ranges: such a block may hold code.
        if (isBlock && ranges.Count == 0)
            return outer;
        int node = -1, first = int.MaxValue, last = -1;
        for (int r = 0; r < ranges.Count; r++)
        {
            ref AddressRange range = ref ranges[r];
            int i = RadixSort.LowerBound(wanted, from, to, range.Low);
            if (i >= to || wanted[i] >= range.High)
                continue;
            first = Math.Min(first, i);
            int start = i;
            for (; i < to && wanted[i] < range.High; i++)
            {
                if (isBlock)
                {
                    node = parent;
                    continue;
                }

                // Functions that share an address (folded by the linker) keep the first; whatever is nested overrides.
                if (isFunction && nodeOf[i] >= 0)
                    continue;
                if (node < 0)
                {
                    node = Nodes.Count;
                    Nodes.Add(NewNode(die, parent));
                }

                if (nodeOf[i] < 0)
                    found++;
                nodeOf[i] = node;
            }

            last = Math.Max(last, i - 1);
            work.Spend(i - start);
        }

        return node < 0 ? new Scope { Node = -1, From = from, To = to } : new Scope { Node = node, From = first, To = last + 1 };
    }

    private InlineNode NewNode(int die, int parent) => new()
    {
        Parent = parent,
        Low = ranges[0].Low,
        Die = die,
        CallFile = attributes.Has(AttributeSlot.CallFile) ? Small(AttributeSlot.CallFile) : InlineNode.NoFile,
        CallLine = Small(AttributeSlot.CallLine),
        CallColumn = Small(AttributeSlot.CallColumn),
        Function = -1,
    };

    private uint Small(AttributeSlot slot) => (uint)Math.Min(attributes.Value(slot), uint.MaxValue);

    /// <summary>What the walk stands in: the node (-1 for none), and the wanted addresses that may lie in it.</summary>
    private struct Scope
    {
        public int Node, From, To;
    }
}
