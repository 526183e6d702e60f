using MemTools.Reports.Symbols.Collections;

namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>The code ranges of a DIE: low_pc and high_pc, or a list in <c>.debug_ranges</c> (2-4) or <c>.debug_rnglists</c> (5).</summary>
internal static class RangeReader
{
    private const int EndOfList = 0, BaseAddressx = 1, StartxEndx = 2, StartxLength = 3, OffsetPair = 4, BaseAddress = 5, StartEnd = 6, StartLength = 7;

    /// <summary>Adds the DIE's ranges to a list; empty and reversed ones are left out.</summary>
    public static void Read(DwarfUnit unit, DieAttributes die, Rows<AddressRange> into, WorkMeter work)
    {
        work.Spend(0);
        if (die.Has(AttributeSlot.Ranges))
        {
            ulong value = die.Value(AttributeSlot.Ranges);
            if (unit.Version >= 5)
                ReadRnglists(unit, die.Form(AttributeSlot.Ranges) == DwForm.Rnglistx ? IndexedList(unit, value) : value, into, work);
            else
                ReadRanges(unit, checked(value + unit.RangesBase), into, work);
            return;
        }

        if (!die.Has(AttributeSlot.LowPc))
            return;
        ulong low = unit.Address(die.Form(AttributeSlot.LowPc), die.Value(AttributeSlot.LowPc));
        ulong high = die.Value(AttributeSlot.HighPc);
        int form = die.Form(AttributeSlot.HighPc);
        if (form == 0)
            return;
        // Since DWARF 4 high_pc is a length unless it has the form of an address.
        high = form is DwForm.Addr or DwForm.Addrx or DwForm.Addrx1 or DwForm.Addrx2 or DwForm.Addrx3 or DwForm.Addrx4 or DwForm.GnuAddrIndex
            ? unit.Address(form, high) : unchecked(low + high);
        Add(into, low, high);
    }

    private static void Add(Rows<AddressRange> into, ulong low, ulong high)
    {
        if (into.Count >= DwarfLimits.MaxRanges)
            throw new DwarfException("it has too many ranges");
        if (low < high)
            into.Add(new AddressRange(low, high));
    }

    private static ulong IndexedList(DwarfUnit unit, ulong index)
    {
        if (index > int.MaxValue)
            throw new DwarfException("a range list's index lies outside its table");
        ulong at = checked(unit.RnglistsBase + index * (ulong)unit.OffsetSize);
        DataSection entry = unit.RnglistsSection.Part(at, (ulong)unit.OffsetSize);
        return checked(unit.RnglistsBase + new DwarfReader(entry, 0, unit.BigEndian).Sized(unit.OffsetSize));
    }

    private static void ReadRanges(DwarfUnit unit, ulong offset, Rows<AddressRange> into, WorkMeter work)
    {
        DataSection data = unit.RangesSection;
        if (offset >= (ulong)data.Length)
            return;
        var reader = new DwarfReader(data, (int)offset, unit.BigEndian);
        ulong tombstone = unit.AddressSize == 8 ? ulong.MaxValue : (1UL << (unit.AddressSize * 8)) - 1;
        ulong @base = unit.BaseAddress;
        while (true)
        {
            ulong low = reader.Sized(unit.AddressSize), high = reader.Sized(unit.AddressSize);
            if (low == 0 && high == 0)
                break;
            if (low == tombstone)
                @base = high;
            else if (low < tombstone - 1)
                Add(into, unchecked(@base + low), unchecked(@base + high));
        }

        work.Spend(reader.Position - (long)offset);
    }

    private static void ReadRnglists(DwarfUnit unit, ulong offset, Rows<AddressRange> into, WorkMeter work)
    {
        DataSection data = unit.RnglistsSection;
        if (offset >= (ulong)data.Length)
            return;
        var reader = new DwarfReader(data, (int)offset, unit.BigEndian);
        ulong @base = unit.BaseAddress;
        int kind;
        while ((kind = reader.U8()) != EndOfList)
        {
            ulong low, high;
            switch (kind)
            {
                case BaseAddressx:
                    @base = unit.IndexedAddress(reader.Uleb());
                    continue;
                case StartxEndx:
                    low = unit.IndexedAddress(reader.Uleb());
                    high = unit.IndexedAddress(reader.Uleb());
                    break;
                case StartxLength:
                    low = unit.IndexedAddress(reader.Uleb());
                    high = unchecked(low + reader.Uleb());
                    break;
                case OffsetPair:
                    low = unchecked(@base + reader.Uleb());
                    high = unchecked(@base + reader.Uleb());
                    break;
                case BaseAddress:
                    @base = reader.Sized(unit.AddressSize);
                    continue;
                case StartEnd:
                    low = reader.Sized(unit.AddressSize);
                    high = reader.Sized(unit.AddressSize);
                    break;
                case StartLength:
                    low = reader.Sized(unit.AddressSize);
                    high = unchecked(low + reader.Uleb());
                    break;
                default:
                    throw new DwarfException($"range list entry {kind} is not known");
            }

            Add(into, low, high);
        }

        work.Spend(reader.Position - (long)offset);
    }
}
