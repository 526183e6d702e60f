using MemTools.Reports.Symbols.Collections;

namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>The header of a line program (DWARF 5, section 6.2.4; versions 2-5): how to run it, and its directories and files.</summary>
internal sealed class LineHeader
{
    private const int LnctPath = 1, LnctDirectoryIndex = 2;

    private readonly Rows<LineFile> directories = new();
    private readonly Rows<LineFile> files = new(256);

    public int Version { get; private set; }

    public int ProgramStart { get; private set; }

    public int End { get; private set; }

    public int AddressSize { get; private set; }

    public int MinimumInstructionLength { get; private set; }

    public int MaximumOperations { get; private set; } = 1;

    public int LineBase { get; private set; }

    public int LineRange { get; private set; }

    public int OpcodeBase { get; private set; }

    /// <summary>Operand counts of the standard opcodes, from opcode 1.</summary>
    public byte[] OpcodeLengths { get; private set; } = [];

    /// <summary>The unit whose sections the texts lie in.</summary>
    public required DwarfUnit Unit { get; init; }

    public int FileCount => files.Count;

    public static LineHeader Parse(DwarfUnit unit, ulong offset)
    {
        DataSection section = unit.File.Line;
        if (offset >= (ulong)section.Length)
            throw new DwarfException($"the line program at 0x{offset:x} lies outside .debug_line");
        var header = new LineHeader { Unit = unit, AddressSize = unit.AddressSize };
        var reader = new DwarfReader(section, (int)offset, unit.BigEndian);
        ulong length = reader.InitialLength(out bool is64);
        if (length > (ulong)reader.Remaining)
            throw new DwarfException($"the line program at 0x{offset:x} reaches beyond .debug_line");
        header.End = reader.Position + (int)length;
        header.Version = reader.U16();
        if (header.Version is < 2 or > 5)
            throw new DwarfException($"the line program at 0x{offset:x} has version {header.Version}");
        if (header.Version >= 5)
        {
            header.AddressSize = reader.U8();
            reader.Skip(1);
        }

        ulong headerLength = is64 ? reader.U64() : reader.U32();
        if (headerLength > (ulong)(header.End - reader.Position))
            throw new DwarfException($"the header of the line program at 0x{offset:x} is longer than the program");
        header.ProgramStart = reader.Position + (int)headerLength;
        header.MinimumInstructionLength = reader.U8();
        if (header.Version >= 4)
            header.MaximumOperations = Math.Max((byte)1, reader.U8());
        reader.Skip(1);
        header.LineBase = (sbyte)reader.U8();
        header.LineRange = reader.U8();
        header.OpcodeBase = reader.U8();
        header.OpcodeLengths = new byte[Math.Max(0, header.OpcodeBase - 1)];
        for (int i = 0; i < header.OpcodeLengths.Length; i++)
            header.OpcodeLengths[i] = reader.U8();
        if (header.Version >= 5)
            header.ReadTables(ref reader, is64);
        else
            header.ReadOldTables(ref reader);
        return header;
    }

    /// <summary>Appends the path of a file as recorded: absolute, or below its directory and the unit's compilation directory.</summary>
    /// <returns>False when the number names no file.</returns>
    public bool TryGetPath(ulong file, PathBuffer path)
    {
        path.Clear();
        // Files count from 1 before DWARF 5, from 0 since.
        ulong index = Version >= 5 ? file : file - 1;
        if (index >= (ulong)files.Count)
            return false;
        ref LineFile entry = ref files[(int)index];
        ReadOnlySpan<byte> name = Text(entry.Name);
        if (!IsAbsolute(name))
        {
            ReadOnlySpan<byte> folder = Directory(entry.Directory);
            if (!IsAbsolute(folder))
                path.Append(Unit.Text(Unit.CompDir));
            path.Append(folder);
        }

        path.Append(name);
        return !path.Text.IsEmpty;
    }

    /// <summary>DW_LNE_define_file: a file entry inside the program.</summary>
    public void DefineFile(ref DwarfReader reader)
    {
        if (files.Count >= DwarfLimits.MaxLineFiles)
            throw new DwarfException("a line program defines too many files");
        int at = reader.Position;
        reader.CString();
        files.Add(new LineFile { Name = new TextRef(DwForm.String, (ulong)at), Directory = reader.Uleb() });
    }

    private static bool IsAbsolute(ReadOnlySpan<byte> path) => path.Length > 0 && path[0] == (byte)'/'
        || path.Length > 2 && path[1] == (byte)':' && path[2] is (byte)'\\' or (byte)'/';

    private ReadOnlySpan<byte> Directory(ulong index)
    {
        // Directory 0 is the compilation directory: implied before DWARF 5, listed since.
        if (Version < 5)
        {
            if (index == 0)
                return default;
            index--;
        }

        return index < (ulong)directories.Count ? Text(directories[(int)index].Name) : default;
    }

    private ReadOnlySpan<byte> Text(TextRef text) => text.Form == DwForm.String ? Unit.File.Line.Text(text.Value) : Unit.Text(text);

    private void ReadOldTables(ref DwarfReader reader)
    {
        while (true)
        {
            int at = reader.Position;
            if (reader.CString().IsEmpty)
                break;
            directories.Add(new LineFile { Name = new TextRef(DwForm.String, (ulong)at) });
        }

        while (true)
        {
            int at = reader.Position;
            if (reader.CString().IsEmpty)
                break;
            ulong directory = reader.Uleb();
            reader.SkipLeb();
            reader.SkipLeb();
            files.Add(new LineFile { Name = new TextRef(DwForm.String, (ulong)at), Directory = directory });
        }
    }

    private void ReadTables(ref DwarfReader reader, bool is64)
    {
        ReadTable(ref reader, is64, directories);
        ReadTable(ref reader, is64, files);
    }

    private static void ReadTable(ref DwarfReader reader, bool is64, Rows<LineFile> entries)
    {
        int formats = reader.U8();
        ulong[] contents = new ulong[formats];
        int[] forms = new int[formats];
        for (int i = 0; i < formats; i++)
        {
            contents[i] = reader.Uleb();
            forms[i] = (int)Math.Min(reader.Uleb(), ushort.MaxValue);
        }

        ulong count = reader.Uleb();
        if (count > DwarfLimits.MaxLineFiles || formats > 0 && count > (ulong)reader.Remaining || formats == 0 && count > 0)
            throw new DwarfException("a line program claims more files than fit");
        for (ulong n = 0; n < count; n++)
        {
            var entry = new LineFile();
            for (int i = 0; i < formats; i++)
            {
                ulong value = Value(ref reader, forms[i], is64);
                if (contents[i] == LnctPath)
                    entry.Name = new TextRef(forms[i], value);
                else if (contents[i] == LnctDirectoryIndex)
                    entry.Directory = value;
            }

            entries.Add(entry);
        }
    }

    private static ulong Value(ref DwarfReader reader, int form, bool is64)
    {
        switch (form)
        {
            case DwForm.String:
                int at = reader.Position;
                reader.SkipCString();
                return (ulong)at;
            case DwForm.LineStrp or DwForm.Strp or DwForm.StrpSup or DwForm.SecOffset or DwForm.GnuStrpAlt:
                return is64 ? reader.U64() : reader.U32();
            case DwForm.Udata or DwForm.Strx:
                return reader.Uleb();
            case DwForm.Data1 or DwForm.Strx1:
                return reader.U8();
            case DwForm.Data2 or DwForm.Strx2:
                return reader.U16();
            case DwForm.Strx3:
                return reader.U24();
            case DwForm.Data4 or DwForm.Strx4:
                return reader.U32();
            case DwForm.Data8:
                return reader.U64();
            case DwForm.Data16:
                reader.Skip(16);
                return 0;
            case DwForm.Block:
                reader.Skip(reader.Uleb());
                return 0;
            case DwForm.Block1:
                reader.Skip(reader.U8());
                return 0;
            default:
                throw new DwarfException($"form 0x{form:x} in a line program's header");
        }
    }
}

/// <summary>An entry of a directory or file table.</summary>
internal struct LineFile
{
    public TextRef Name;
    public ulong Directory;
}
