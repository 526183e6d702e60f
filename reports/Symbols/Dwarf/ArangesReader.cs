using MemTools.Reports.Symbols.Collections;

namespace MemTools.Reports.Symbols.Dwarf;

/// <summary><c>.debug_aranges</c> (section 6.1.2): address → unit without reading the units.</summary>
internal static class ArangesReader
{
    /// <summary>All ranges of code, in file order. Ends quietly at damage: what is missing is looked up in the units.</summary>
    public static void Read(DwarfFile file, Rows<UnitRange> into, AddressRange code)
    {
        DataSection section = file.Aranges;
        int infoLength = file.InfoLength;
        int at = 0;
        while (section.Length - at >= 12)
        {
            var reader = new DwarfReader(section, at, file.BigEndian);
            ulong length = reader.InitialLength(out bool is64);
            if (length > (ulong)reader.Remaining || length < 8)
                return;
            int end = reader.Position + (int)length;
            int version = reader.U16();
            ulong unit = is64 ? reader.U64() : reader.U32();
            int addressSize = reader.U8(), segmentSize = reader.U8();
            if (version == 2 && segmentSize == 0 && addressSize is 4 or 8 && unit < (ulong)infoLength)
            {
                int tuple = addressSize * 2;
                reader.Seek(at + (reader.Position - at + tuple - 1) / tuple * tuple);
                while (end - reader.Position >= tuple)
                {
                    ulong low = reader.Sized(addressSize), size = reader.Sized(addressSize);
                    if (low == 0 && size == 0)
                        break;
                    if (size != 0 && low >= code.Low && low < code.High)
                        into.Add(new UnitRange(low, unchecked(low + size), (int)unit));
                }
            }

            at = end;
        }
    }
}
