using MemTools.Reports.Symbols.Elf;

namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>A package of split units (<c>.dwp</c>; DWARF 5, section 7.3.5, and GNU's version 2 before it).</summary>
internal sealed class DwpPackage
{
    private const uint SectionInfo = 1, SectionAbbrev = 3, SectionStrOffsets = 6, SectionRnglists = 8;
    private const int MaxColumns = 16;

    private readonly DataSection index;
    private readonly uint columns, units, slots;

    private DwpPackage(DwarfFile file, DataSection index, uint columns, uint units, uint slots)
    {
        File = file;
        this.index = index;
        this.columns = columns;
        this.units = units;
        this.slots = slots;
    }

    public DwarfFile File { get; }

    /// <summary>Opens a package; null when there is none or its index is damaged.</summary>
    public static DwpPackage? TryOpen(string path)
    {
        if (!System.IO.File.Exists(path) || ElfFile.TryOpen(path, out _) is not { } elf)
            return null;
        var file = new DwarfFile(elf, isSplit: true);
        var index = new DataSection(elf.GetData(".debug_cu_index"));
        try
        {
            var reader = new DwarfReader(index, 0, file.BigEndian);
            // Version 2 has four bytes, version 5 two and two of padding; little-endian both read the same.
            uint version = reader.U32();
            uint columns = reader.U32(), units = reader.U32(), slots = reader.U32();
            bool known = version is 2 or 5 || file.BigEndian && version >> 16 == 5;
            ulong size = 16 + 12UL * slots + 4UL * columns * (1 + 2UL * units);
            if (known && columns is > 0 and <= MaxColumns && slots > 0 && (slots & (slots - 1)) == 0 && size <= (ulong)index.Length)
                return new DwpPackage(file, index, columns, units, slots);
        }
        catch (DwarfException)
        {
            // Too short for an index: as if there were no package.
            elf.Dispose();
            return null;
        }

        elf.Dispose();
        return null;
    }

    /// <summary>The unit with an id; null when the package does not hold it.</summary>
    public DwarfUnit? Find(ulong id)
    {
        uint row = Row(id);
        if (row == 0 || row > units)
            return null;
        uint table = 16 + 12 * slots;
        (ulong Offset, ulong Size) info = default, abbrev = default, strOffsets = default, rnglists = default;
        for (uint c = 0; c < columns; c++)
        {
            (ulong, ulong) place = (U32(table + 4 * (row * columns + c)), U32(table + 4 * ((units + row) * columns + c)));
            switch (U32(table + 4 * c))
            {
                case SectionInfo:
                    info = place;
                    break;
                case SectionAbbrev:
                    abbrev = place;
                    break;
                case SectionStrOffsets:
                    strOffsets = place;
                    break;
                case SectionRnglists:
                    rnglists = place;
                    break;
            }
        }

        if (info.Size == 0)
            return null;
        DwarfUnit unit = DwarfUnit.Parse(File, File.Info.Part(info.Offset, info.Size), 0);
        unit.AbbrevSection = File.Abbrev.Part(abbrev.Offset, abbrev.Size);
        unit.StrOffsets = File.StrOffsets.Part(strOffsets.Offset, strOffsets.Size);
        if (rnglists.Size > 0)
            unit.RnglistsSection = File.Rnglists.Part(rnglists.Offset, rnglists.Size);
        return unit;
    }

    private uint Row(ulong id)
    {
        // Open addressing with a second hash; a table without free slots ends after one round.
        uint mask = slots - 1, at = (uint)id & mask, step = ((uint)(id >> 32) & mask) | 1;
        for (uint i = 0; i < slots; i++, at = (at + step) & mask)
        {
            uint row = U32(16 + 8 * slots + 4 * at);
            if (row == 0)
                return 0;
            if (new DwarfReader(index, (int)(16 + 8 * at), File.BigEndian).U64() == id)
                return row;
        }

        return 0;
    }

    private uint U32(uint offset) => new DwarfReader(index, (int)offset, File.BigEndian).U32();
}
