namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>Runs the compiled steps of an abbreviation over a DIE.</summary>
internal static class DieReader
{
    /// <summary>Passes over the attributes of the abbreviation's skip list.</summary>
    public static void Skip(ref DwarfReader reader, in Abbreviation abbreviation, AbbreviationOp[] ops, DwarfUnit unit)
    {
        for (int i = abbreviation.SkipStart; i < abbreviation.SkipEnd; i++)
        {
            ref AbbreviationOp op = ref ops[i];
            if (op.Kind == OpKind.Fixed)
                reader.Skip((uint)op.Size);
            else
                SkipVariable(ref reader, op.Kind, unit);
        }
    }

    /// <summary>Reads the attributes that are kept, passes over the others.</summary>
    public static void Read(ref DwarfReader reader, in Abbreviation abbreviation, AbbreviationTable table, DwarfUnit unit, DieAttributes into)
    {
        into.Clear();
        AbbreviationOp[] ops = table.Ops;
        for (int i = abbreviation.ReadStart; i < abbreviation.ReadEnd; i++)
        {
            ref AbbreviationOp op = ref ops[i];
            switch (op.Kind)
            {
                case OpKind.Fixed:
                    reader.Skip((uint)op.Size);
                    break;
                case OpKind.Keep:
                    int form = op.Form;
                    ulong value = Value(ref reader, ref form, unit);
                    into.Set(op.Slot, form, value);
                    break;
                case OpKind.KeepConstant:
                    into.Set(op.Slot, op.Form, table.Constant(op.Size));
                    break;
                default:
                    SkipVariable(ref reader, op.Kind, unit);
                    break;
            }
        }
    }

    /// <summary>Passes over all attributes, those behind a sibling reference as well.</summary>
    public static void PassOver(ref DwarfReader reader, in Abbreviation abbreviation, AbbreviationOp[] ops, DwarfUnit unit)
    {
        for (int i = abbreviation.ReadStart; i < abbreviation.ReadEnd; i++)
        {
            ref AbbreviationOp op = ref ops[i];
            if (op.Kind == OpKind.Fixed)
            {
                reader.Skip((uint)op.Size);
            }
            else if (op.Kind == OpKind.Keep)
            {
                int form = op.Form;
                Value(ref reader, ref form, unit);
            }
            else if (op.Kind != OpKind.KeepConstant)
            {
                SkipVariable(ref reader, op.Kind, unit);
            }
        }
    }

    /// <summary>Reads the DIE at an offset of the unit's section.</summary>
    /// <returns>Its abbreviation's index; 0 for an empty entry.</returns>
    public static int ReadAt(DwarfUnit unit, int die, DieAttributes into)
    {
        var reader = new DwarfReader(unit.Section, die, unit.End, unit.BigEndian);
        into.Clear();
        ulong code = reader.Uleb();
        if (code == 0)
            return 0;
        AbbreviationTable table = unit.Abbreviations!;
        int index = table.IndexOf(code);
        Read(ref reader, in table.List[index], table, unit, into);
        return index;
    }

    /// <summary>
    /// Reads a value. References within the unit become offsets in its section; DW_FORM_string becomes the position of the text.
    /// </summary>
    public static ulong Value(ref DwarfReader reader, ref int form, DwarfUnit unit)
    {
        switch (form)
        {
            case DwForm.Data1 or DwForm.Flag or DwForm.Strx1 or DwForm.Addrx1:
                return reader.U8();
            case DwForm.Data2 or DwForm.Strx2 or DwForm.Addrx2:
                return reader.U16();
            case DwForm.Strx3 or DwForm.Addrx3:
                return reader.U24();
            case DwForm.Data4 or DwForm.Strx4 or DwForm.Addrx4 or DwForm.RefSup4:
                return reader.U32();
            case DwForm.Data8 or DwForm.RefSig8 or DwForm.RefSup8:
                return reader.U64();
            case DwForm.Udata or DwForm.Strx or DwForm.Addrx or DwForm.Rnglistx or DwForm.Loclistx or DwForm.GnuAddrIndex or DwForm.GnuStrIndex:
                return reader.Uleb();
            case DwForm.Sdata:
                return (ulong)reader.Sleb();
            case DwForm.Addr:
                return reader.Sized(unit.AddressSize);
            case DwForm.Strp or DwForm.SecOffset or DwForm.LineStrp or DwForm.StrpSup or DwForm.GnuRefAlt or DwForm.GnuStrpAlt:
                return unit.OffsetSize == 8 ? reader.U64() : reader.U32();
            case DwForm.RefAddr:
                return reader.Sized(unit.Version <= 2 ? unit.AddressSize : unit.OffsetSize);
            case DwForm.Ref1:
                return (ulong)unit.Start + reader.U8();
            case DwForm.Ref2:
                return (ulong)unit.Start + reader.U16();
            case DwForm.Ref4:
                return (ulong)unit.Start + reader.U32();
            case DwForm.Ref8:
                return (ulong)unit.Start + reader.U64();
            case DwForm.RefUdata:
                return (ulong)unit.Start + reader.Uleb();
            case DwForm.FlagPresent:
                return 1;
            case DwForm.String:
                int at = reader.Position;
                reader.SkipCString();
                return (ulong)at;
            case DwForm.Indirect:
                form = (int)Math.Min(reader.Uleb(), ushort.MaxValue);
                if (form is DwForm.Indirect or DwForm.ImplicitConst)
                    throw new DwarfException("an indirect form of an indirect form");
                return Value(ref reader, ref form, unit);
            case DwForm.Data16:
                reader.Skip(16);
                return 0;
            case DwForm.Block1:
                reader.Skip(reader.U8());
                return 0;
            case DwForm.Block2:
                reader.Skip(reader.U16());
                return 0;
            case DwForm.Block4:
                reader.Skip(reader.U32());
                return 0;
            case DwForm.Block or DwForm.Exprloc:
                reader.Skip(reader.Uleb());
                return 0;
            default:
                throw new DwarfException($"form 0x{form:x} is not known");
        }
    }

    private static void SkipVariable(ref DwarfReader reader, OpKind kind, DwarfUnit unit)
    {
        switch (kind)
        {
            case OpKind.Leb:
                reader.SkipLeb();
                break;
            case OpKind.CString:
                reader.SkipCString();
                break;
            case OpKind.Block1:
                reader.Skip(reader.U8());
                break;
            case OpKind.Block2:
                reader.Skip(reader.U16());
                break;
            case OpKind.Block4:
                reader.Skip(reader.U32());
                break;
            case OpKind.BlockLeb:
                reader.Skip(reader.Uleb());
                break;
            default:
                int form = DwForm.Indirect;
                Value(ref reader, ref form, unit);
                break;
        }
    }
}
