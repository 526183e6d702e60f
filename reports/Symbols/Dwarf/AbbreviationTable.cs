using System.Runtime.InteropServices;

namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>
/// The abbreviations of a unit, compiled: neighbouring attributes of fixed size that nobody asks for become one skip, so that most DIEs
/// are passed over in one or two steps.
/// </summary>
internal sealed class AbbreviationTable
{
    private readonly List<AbbreviationOp> ops = [];
    private readonly List<Abbreviation> list = [default];
    private Dictionary<ulong, int>? sparse;

    private AbbreviationTable()
    {
    }

    /// <summary>Offset in its section and the sizes it was compiled for.</summary>
    public (int Offset, int AddressSize, int OffsetSize, int Version) Key { get; private init; }

    public ReadOnlySpan<AbbreviationOp> Ops => CollectionsMarshal.AsSpan(ops);

    /// <summary>Abbreviations by code when codes are 1, 2, 3, … (as all compilers write them).</summary>
    public ReadOnlySpan<Abbreviation> List => CollectionsMarshal.AsSpan(list);

    public static AbbreviationTable Parse(ReadOnlySpan<byte> section, int offset, int addressSize, int offsetSize, int version, WorkBudget budget)
    {
        var table = new AbbreviationTable { Key = (offset, addressSize, offsetSize, version) };
        var reader = new DwarfReader(section, offset, false);
        var attributes = new List<AbbreviationOp>();
        while (reader.Remaining > 0)
        {
            ulong code = reader.Uleb();
            if (code == 0)
                break;
            int before = reader.Position;
            ulong tag = reader.Uleb();
            bool hasChildren = reader.U8() != 0;
            attributes.Clear();
            while (true)
            {
                ulong name = reader.Uleb(), form = reader.Uleb();
                long constant = form == DwForm.ImplicitConst ? reader.Sleb() : form == DwForm.FlagPresent ? 1 : 0;
                if (name == 0 && form == 0)
                    break;
                if (attributes.Count >= DwarfLimits.MaxAttributes)
                    throw new DwarfException("an abbreviation has too many attributes");
                attributes.Add(Step(AttributeSlots.Of(name), form, constant, addressSize, offsetSize, version));
            }

            table.Add(code, (int)Math.Min(tag, ushort.MaxValue), hasChildren, attributes);
            budget.Spend(reader.Position - before);
        }

        return table;
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
        else if (sparse.TryGetValue(code, out int index))
        {
            return index;
        }

        throw new DwarfException($"abbreviation {code} is not declared");
    }

    /// <summary>True when codes are indices: <see cref="IndexOf"/> need not be asked.</summary>
    public bool IsDense => sparse is null;

    private void Add(ulong code, int tag, bool hasChildren, List<AbbreviationOp> attributes)
    {
        if (sparse is null && code != (ulong)list.Count)
        {
            sparse = [];
            for (int i = 1; i < list.Count; i++)
                sparse[(ulong)i] = i;
        }

        // The first declaration of a code counts, as for every other reader.
        sparse?.TryAdd(code, list.Count);
        var abbreviation = new Abbreviation { Tag = tag, Kind = KindOf(tag), HasChildren = hasChildren };
        foreach (AbbreviationOp a in attributes)
        {
            abbreviation.HasCode |= a.Slot is AttributeSlot.LowPc or AttributeSlot.Ranges;
            if (a.Slot == AttributeSlot.Sibling && a is { Kind: OpKind.Keep, Form: DwForm.Ref1 or DwForm.Ref2 or DwForm.Ref4 or DwForm.Ref8 or DwForm.RefUdata })
            {
                abbreviation.HasSibling = true;
                abbreviation.SiblingForm = a.Form;
            }
        }

        abbreviation.SkipStart = ops.Count;
        Compile(attributes, keep: false, stopAtSibling: hasChildren && abbreviation.HasSibling);
        abbreviation.SkipCount = ops.Count - abbreviation.SkipStart;
        abbreviation.ReadStart = ops.Count;
        Compile(attributes, keep: true, stopAtSibling: false);
        abbreviation.ReadCount = ops.Count - abbreviation.ReadStart;
        list.Add(abbreviation);
    }

    private void Compile(List<AbbreviationOp> attributes, bool keep, bool stopAtSibling)
    {
        int pending = 0;
        foreach (AbbreviationOp a in attributes)
        {
            if (stopAtSibling && a.Slot == AttributeSlot.Sibling)
                break;
            if (keep && a.Slot != AttributeSlot.None)
            {
                Flush();
                ops.Add(a);
            }
            else if (a.Kind is OpKind.Fixed or OpKind.KeepConstant || a is { Kind: OpKind.Keep, Size: >= 0 })
            {
                pending += a.Size;
            }
            else
            {
                Flush();
                ops.Add(a.Kind == OpKind.Keep ? a with { Kind = SkipKind(a.Form) } : a);
            }
        }

        Flush();

        void Flush()
        {
            if (pending > 0)
                ops.Add(new AbbreviationOp(OpKind.Fixed, AttributeSlot.None, 0, pending));
            pending = 0;
        }
    }

    private static AbbreviationOp Step(AttributeSlot slot, ulong form, long constant, int addressSize, int offsetSize, int version)
    {
        if (form > ushort.MaxValue)
            throw new DwarfException($"form 0x{form:x} is not known");
        int size = FixedSize((int)form, addressSize, offsetSize, version);
        OpKind kind = form is DwForm.ImplicitConst or DwForm.FlagPresent ? OpKind.KeepConstant
            : slot != AttributeSlot.None ? OpKind.Keep
            : size >= 0 ? OpKind.Fixed : SkipKind((int)form);
        return new AbbreviationOp(kind, slot, (ushort)form, size, constant);
    }

    /// <summary>Bytes of a form, or -1 when they depend on the value.</summary>
    private static int FixedSize(int form, int addressSize, int offsetSize, int version) => form switch
    {
        DwForm.FlagPresent or DwForm.ImplicitConst => 0,
        DwForm.Data1 or DwForm.Flag or DwForm.Ref1 or DwForm.Strx1 or DwForm.Addrx1 => 1,
        DwForm.Data2 or DwForm.Ref2 or DwForm.Strx2 or DwForm.Addrx2 => 2,
        DwForm.Strx3 or DwForm.Addrx3 => 3,
        DwForm.Data4 or DwForm.Ref4 or DwForm.Strx4 or DwForm.Addrx4 or DwForm.RefSup4 => 4,
        DwForm.Data8 or DwForm.Ref8 or DwForm.RefSig8 or DwForm.RefSup8 => 8,
        DwForm.Data16 => 16,
        DwForm.Addr => addressSize,
        // DWARF 2 gave references across units the size of an address.
        DwForm.RefAddr => version <= 2 ? addressSize : offsetSize,
        DwForm.Strp or DwForm.SecOffset or DwForm.LineStrp or DwForm.StrpSup or DwForm.GnuRefAlt or DwForm.GnuStrpAlt => offsetSize,
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

    private static DieKind KindOf(int tag) => tag switch
    {
        DwTag.Subprogram => DieKind.Function,
        DwTag.InlinedSubroutine => DieKind.Inlined,
        DwTag.LexicalBlock or DwTag.TryBlock or DwTag.CatchBlock or DwTag.WithStatement => DieKind.Block,
        DwTag.CompileUnit or DwTag.PartialUnit or DwTag.TypeUnit or DwTag.SkeletonUnit or DwTag.Namespace or DwTag.Module => DieKind.Scope,
        DwTag.ClassType or DwTag.StructureType or DwTag.UnionType or DwTag.InterfaceType or DwTag.EnumerationType => DieKind.Type,
        _ => DieKind.Leaf,
    };
}
