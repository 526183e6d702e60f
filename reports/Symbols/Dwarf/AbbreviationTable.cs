using MemTools.Reports.Symbols.Collections;

namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>
/// The abbreviations of a unit, compiled: neighbouring attributes of fixed size that nobody asks for become one skip, so that most DIEs
/// are passed over in one or two steps.
/// </summary>
internal sealed class AbbreviationTable
{
    private readonly Rows<AbbreviationOp> ops = new(512);
    private readonly Rows<Abbreviation> list = new(128);
    private readonly Rows<long> constants = new();
    private NumberMap? sparse;

    private AbbreviationTable(int offset, int addressSize, int offsetSize, int version)
    {
        Offset = offset;
        AddressSize = addressSize;
        OffsetSize = offsetSize;
        Version = version;
        list.Add(default);
    }

    public int Offset { get; }

    public int AddressSize { get; }

    public int OffsetSize { get; }

    public int Version { get; }

    public AbbreviationOp[] Ops => ops.Items;

    /// <summary>Abbreviations by code, <see cref="Count"/> of them, when codes are 1, 2, 3, … (as all compilers write them).</summary>
    public Abbreviation[] List => list.Items;

    public int Count => list.Count;

    /// <summary>True when codes are indices: <see cref="IndexOf"/> need not be asked.</summary>
    public bool IsDense => sparse is null;

    public static AbbreviationTable Parse(DataSection section, int offset, int addressSize, int offsetSize, int version, WorkMeter work)
    {
        work.Spend(0);
        var table = new AbbreviationTable(offset, addressSize, offsetSize, version);
        var reader = new DwarfReader(section, offset, false);
        var attributes = new Rows<AbbreviationOp>();
        while (reader.Remaining > 0)
        {
            ulong code = reader.Uleb();
            if (code == 0)
                break;
            ulong tag = reader.Uleb();
            bool hasChildren = reader.U8() != 0;
            attributes.Clear();
            while (true)
            {
                ulong name = reader.Uleb(), form = reader.Uleb();
                long constant = form == DwForm.ImplicitConst ? reader.Sleb() : 1;
                if (name == 0 && form == 0)
                    break;
                if (attributes.Count >= DwarfLimits.MaxAttributes)
                    throw new DwarfException("an abbreviation has too many attributes");
                attributes.Add(table.Step(AttributeSlots.Of(name), form, constant));
            }

            table.Add(code, (int)Math.Min(tag, ushort.MaxValue), hasChildren, attributes);
        }

        // Compiled it takes several times its bytes.
        work.Spend(8L * (reader.Position - offset));
        return table;
    }

    /// <summary>True when some DIE may refer to one of another unit in the same file (LTO, dwz), or the tables are damaged.</summary>
    public static bool ReferAcrossUnits(DataSection section)
    {
        var reader = new DwarfReader(section, 0, false);
        try
        {
            while (reader.Remaining > 0)
            {
                if (reader.Uleb() == 0)
                    continue;
                reader.SkipLeb();
                reader.Skip(1);
                while (true)
                {
                    ulong name = reader.Uleb(), form = reader.Uleb();
                    if (form is DwForm.RefAddr or DwForm.Indirect)
                        return true;
                    if (form == DwForm.ImplicitConst)
                        reader.SkipLeb();
                    if (name == 0 && form == 0)
                        break;
                }
            }
        }
        catch (DwarfException)
        {
            return true;
        }

        return false;
    }

    /// <summary>Index into <see cref="List"/>.</summary>
    /// <exception cref="DwarfException">The code is not declared.</exception>
    public int IndexOf(ulong code)
    {
        if (sparse is null)
        {
            if (code < (ulong)list.Count && code != 0)
                return (int)code;
        }
        else if (sparse.Find(code) is >= 0 and var index)
        {
            return index;
        }

        throw new DwarfException($"abbreviation {code} is not declared");
    }

    /// <summary>Value of an attribute that the abbreviation itself holds.</summary>
    public ulong Constant(int index) => (ulong)constants[index];

    private void Add(ulong code, int tag, bool hasChildren, Rows<AbbreviationOp> attributes)
    {
        if (sparse is null && code != (ulong)list.Count)
        {
            sparse = new NumberMap();
            for (int i = 1; i < list.Count; i++)
                sparse.Set((ulong)i, i);
        }

        // The first declaration of a code counts, as for every other reader.
        if (sparse is not null && sparse.Find(code) < 0)
            sparse.Set(code, list.Count);
        var abbreviation = new Abbreviation { Tag = tag, HasChildren = hasChildren };
        bool hasCode = false;
        uint constantSlots = 0;
        for (int i = 0; i < attributes.Count; i++)
        {
            ref AbbreviationOp a = ref attributes[i];
            if (a.Kind == OpKind.KeepConstant)
            {
                // They take no bytes of a DIE: given thousands of times they would make every DIE dear.
                uint bit = 1u << (int)a.Slot;
                if ((constantSlots & bit) != 0)
                    a.Slot = AttributeSlot.None;
                constantSlots |= bit;
            }

            hasCode |= a.Slot is AttributeSlot.LowPc or AttributeSlot.Ranges;
            if (a.Slot == AttributeSlot.Sibling && a.Kind == OpKind.Keep
                && a.Form is DwForm.Ref1 or DwForm.Ref2 or DwForm.Ref4 or DwForm.Ref8 or DwForm.RefUdata)
            {
                abbreviation.HasSibling = true;
                abbreviation.SiblingForm = a.Form;
            }
        }

        abbreviation.Action = ActionOf(tag, hasChildren, hasCode);
        abbreviation.SkipStart = ops.Count;
        Compile(attributes, keep: false, stopAtSibling: hasChildren && abbreviation.HasSibling);
        abbreviation.SkipEnd = ops.Count;
        abbreviation.FixedSkip = (abbreviation.SkipEnd - abbreviation.SkipStart) switch
        {
            0 => 0,
            1 when ops[abbreviation.SkipStart].Kind == OpKind.Fixed => ops[abbreviation.SkipStart].Size,
            _ => -1,
        };
        abbreviation.ReadStart = ops.Count;
        Compile(attributes, keep: true, stopAtSibling: false);
        abbreviation.ReadEnd = ops.Count;
        list.Add(abbreviation);
    }

    private void Compile(Rows<AbbreviationOp> attributes, bool keep, bool stopAtSibling)
    {
        int pending = 0;
        for (int i = 0; i < attributes.Count; i++)
        {
            AbbreviationOp a = attributes[i];
            if (stopAtSibling && a.Slot == AttributeSlot.Sibling)
                break;
            if (keep && a.Slot != AttributeSlot.None)
            {
                Flush(ref pending);
                ops.Add(a);
            }
            else if (a.Kind == OpKind.Fixed || a.Kind == OpKind.Keep && a.Size >= 0)
            {
                pending += a.Size;
            }
            else if (a.Kind != OpKind.KeepConstant)
            {
                Flush(ref pending);
                if (a.Kind == OpKind.Keep)
                    a.Kind = SkipKind(a.Form);
                ops.Add(a);
            }
        }

        Flush(ref pending);
    }

    private void Flush(ref int pending)
    {
        if (pending > 0)
            ops.Add(new AbbreviationOp { Kind = OpKind.Fixed, Size = pending });
        pending = 0;
    }

    private AbbreviationOp Step(AttributeSlot slot, ulong form, long constant)
    {
        if (form > ushort.MaxValue)
            throw new DwarfException($"form 0x{form:x} is not known");
        if (form is DwForm.ImplicitConst or DwForm.FlagPresent)
        {
            constants.Add(constant);
            return new AbbreviationOp { Kind = OpKind.KeepConstant, Slot = slot, Form = (ushort)form, Size = constants.Count - 1 };
        }

        int size = FixedSize((int)form);
        OpKind kind = slot != AttributeSlot.None ? OpKind.Keep : size >= 0 ? OpKind.Fixed : SkipKind((int)form);
        return new AbbreviationOp { Kind = kind, Slot = slot, Form = (ushort)form, Size = size };
    }

    /// <summary>Bytes of a form, or -1 when they depend on the value.</summary>
    private int FixedSize(int form) => form switch
    {
        DwForm.Data1 or DwForm.Flag or DwForm.Ref1 or DwForm.Strx1 or DwForm.Addrx1 => 1,
        DwForm.Data2 or DwForm.Ref2 or DwForm.Strx2 or DwForm.Addrx2 => 2,
        DwForm.Strx3 or DwForm.Addrx3 => 3,
        DwForm.Data4 or DwForm.Ref4 or DwForm.Strx4 or DwForm.Addrx4 or DwForm.RefSup4 => 4,
        DwForm.Data8 or DwForm.Ref8 or DwForm.RefSig8 or DwForm.RefSup8 => 8,
        DwForm.Data16 => 16,
        DwForm.Addr => AddressSize,
        // DWARF 2 gave references across units the size of an address.
        DwForm.RefAddr => Version <= 2 ? AddressSize : OffsetSize,
        DwForm.Strp or DwForm.SecOffset or DwForm.LineStrp or DwForm.StrpSup or DwForm.GnuRefAlt or DwForm.GnuStrpAlt => OffsetSize,
        _ => -1,
    };

    private static OpKind SkipKind(int form) => form switch
    {
        DwForm.Sdata or DwForm.Udata or DwForm.RefUdata or DwForm.Strx or DwForm.Addrx or DwForm.Loclistx or DwForm.Rnglistx
            or DwForm.GnuAddrIndex or DwForm.GnuStrIndex => OpKind.Leb,
        DwForm.String => OpKind.CString,
        DwForm.Block1 => OpKind.Block1,
        DwForm.Block2 => OpKind.Block2,
        DwForm.Block4 => OpKind.Block4,
        DwForm.Block or DwForm.Exprloc => OpKind.BlockLeb,
        DwForm.Indirect => OpKind.Indirect,
        _ => throw new DwarfException($"form 0x{form:x} is not known"),
    };

    private static WalkAction ActionOf(int tag, bool hasChildren, bool hasCode)
    {
        switch (tag)
        {
            case DwTag.Subprogram when hasCode:
                return WalkAction.Function;
            case DwTag.InlinedSubroutine when hasCode:
                return WalkAction.Inlined;
        }

        if (!hasChildren)
            return WalkAction.Pass;
        return tag switch
        {
            DwTag.Subprogram or DwTag.InlinedSubroutine => WalkAction.HopFirst,
            DwTag.ClassType or DwTag.StructureType or DwTag.UnionType or DwTag.InterfaceType or DwTag.EnumerationType => WalkAction.HopFirst,
            DwTag.LexicalBlock or DwTag.TryBlock or DwTag.CatchBlock or DwTag.WithStatement => hasCode ? WalkAction.CodeBlock : WalkAction.Block,
            DwTag.CompileUnit or DwTag.PartialUnit or DwTag.TypeUnit or DwTag.SkeletonUnit or DwTag.Namespace or DwTag.Module => WalkAction.Descend,
            _ => WalkAction.Hop,
        };
    }
}
