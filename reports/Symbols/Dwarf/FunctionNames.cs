using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MemTools.Reports.Symbols.Collections;

namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>
/// Names of function DIEs, found along DW_AT_abstract_origin and DW_AT_specification, within a unit, across units (LTO) and in the
/// supplementary file (dwz). One per thread; remembers what it found for the unit it works on.
/// </summary>
internal sealed class FunctionNames
{
    private readonly SymbolStore store;
    private readonly WorkMeter work;
    private readonly bool declarations;
    private readonly bool qualified;
    private readonly OtherUnits others;
    private readonly TypeNames types;
    private readonly DieAttributes attributes = new();
    private readonly NumberMap functions = new();
    private readonly NumberMap namesByPlace = new(4096);
    private readonly Dictionary<DwarfUnit, FileTable?> fileTables = [];
    private DwarfUnit? current;

    /// <summary>Makes one for a thread.</summary>
    /// <param name="store">Takes the names.</param>
    /// <param name="work">Counts what is read.</param>
    /// <param name="options">Whether declarations and qualified names are wanted.</param>
    public FunctionNames(SymbolStore store, WorkMeter work, ResolveOptions options)
    {
        this.store = store;
        this.work = work;
        declarations = options.Declarations;
        qualified = options.QualifiedNames && store.IsDemangled;
        others = new OtherUnits(work);
        types = new TypeNames(others, work);
    }

    /// <summary>Buffers to add names with.</summary>
    public SymbolStore.NameBuffer Buffer { get; } = new();

    /// <summary>Number of the function a DIE is about; 0 when it has no name.</summary>
    public int Resolve(DwarfUnit unit, int die)
    {
        if (!ReferenceEquals(unit, current))
        {
            current = unit;
            functions.Clear();
            fileTables.Clear();
        }

        int known = functions.Find((uint)die);
        if (known >= 0)
            return known;
        int origin = -1, function = Follow(unit, die, ref origin);
        functions.Set((uint)die, function);
        if (origin >= 0)
            functions.Set((uint)origin, function);
        return function;
    }

    /// <summary>Number of a name that lies in mapped memory: found again by its place, without reading it.</summary>
    public unsafe int Name(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return 0;
        ulong place = (ulong)Unsafe.AsPointer(ref MemoryMarshal.GetReference(text));
        int known = namesByPlace.Find(place);
        if (known < 0)
            namesByPlace.Set(place, known = store.AddName(text, Buffer));
        return known;
    }

    private int Follow(DwarfUnit unit, int die, ref int origin)
    {
        int linkage = 0, name = 0, file = 0, line = 0, first = die;
        DwarfUnit at = unit;
        for (int step = 0; step < DwarfLimits.MaxOriginSteps; step++)
        {
            DieReader.ReadAt(at, die, attributes);
            work.Spend(64);
            bool plain = !attributes.HasAny(AttributeSlot.Name, AttributeSlot.LinkageName) && !attributes.HasAny(AttributeSlot.DeclFile, AttributeSlot.DeclLine);
            if (linkage == 0 && attributes.Has(AttributeSlot.LinkageName))
                linkage = Name(at.Text(attributes.Text(AttributeSlot.LinkageName)));
            if (linkage != 0 && !declarations)
                break;
            if (name == 0 && linkage == 0 && attributes.Has(AttributeSlot.Name))
                name = Name(at.Text(attributes.Text(AttributeSlot.Name)));
            if (declarations)
            {
                if (line == 0)
                    line = (int)Math.Min(attributes.Value(AttributeSlot.DeclLine), int.MaxValue);
                if (file == 0 && attributes.Has(AttributeSlot.DeclFile))
                    file = FileOf(at, attributes.Value(AttributeSlot.DeclFile));
                if (linkage != 0 && line != 0 && file != 0)
                    break;
            }

            AttributeSlot next = attributes.Has(AttributeSlot.AbstractOrigin) ? AttributeSlot.AbstractOrigin : AttributeSlot.Specification;
            if (!attributes.Has(next) || !others.TryGoTo(ref at, attributes.Form(next), attributes.Value(next), out die))
                break;
            // A DIE that adds nothing shares the answer of its origin.
            if (plain && step == 0 && ReferenceEquals(at, unit))
            {
                origin = die;
                int known = functions.Find((uint)die);
                if (known >= 0)
                    return known;
            }
        }

        if (linkage == 0 && qualified && name != 0 && IsCxx(unit.Skeleton ?? unit) && types.TryName(unit, first) is { } whole)
            name = store.AddName(System.Text.Encoding.UTF8.GetBytes(whole), Buffer);
        return store.AddFunction(linkage != 0 ? linkage : name, file, line);
    }

    /// <summary>DW_LANG_C_plus_plus and its later editions (DWARF 5, table 7.17, and the list at dwarfstd.org).</summary>
    private static bool IsCxx(DwarfUnit unit) => unit.Language is 0x04 or 0x19 or 0x1a or 0x21 or 0x2a or 0x2b or 0x2c or 0x3a;

    private int FileOf(DwarfUnit unit, ulong file)
    {
        if (!fileTables.TryGetValue(unit, out FileTable? table))
            fileTables[unit] = table = FileTable.TryOpen(unit, store);
        return table?.FileNumber(file) ?? 0;
    }
}
