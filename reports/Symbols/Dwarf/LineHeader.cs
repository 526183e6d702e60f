namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>A text by form, resolved when asked for.</summary>
internal readonly record struct TextRef(int Form, ulong Value);

/// <summary>The header of a line program (DWARF 5, section 6.2.4; versions 2-5): how to run it, and its directories and files.</summary>
internal sealed class LineHeader
{
    private const int LnctPath = 1, LnctDirectoryIndex = 2;

    private readonly List<TextRef> directories = [];
    private readonly List<(TextRef Name, ulong Directory)> files = [];

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
        ReadOnlySpan<byte> section = unit.File.Line.Span;
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
        header.OpcodeLengths = reader.Data.Slice(reader.Position, Math.Max(0, header.OpcodeBase - 1)).ToArray();
        reader.Skip((uint)header.OpcodeLengths.Length);
        if (header.Version >= 5)
            header.ReadTables(ref reader, is64);
        else
            header.ReadOldTables(ref reader);
        return header;
    }

    /// <summary>Appends the path of a file as recorded: absolute, or below its directory and the unit's compilation directory.</summary>
    /// <returns>False when the number names no file.</returns>
    public bool TryGetPath(ulong file, List<byte> path)
    {
        path.Clear();
        // Files count from 1 before DWARF 5, from 0 since.
        ulong index = Version >= 5 ? file : file - 1;
        if (index >= (ulong)files.Count)
            return false;
        (TextRef nameRef, ulong directory) = files[(int)index];
        ReadOnlySpan<byte> name = Text(nameRef);
        if (!IsAbsolute(name))
        {
            ReadOnlySpan<byte> folder = Directory(directory);
            if (!IsAbsolute(folder))
                AppendPath(path, Unit.Text(Unit.CompDir.Form, Unit.CompDir.Value));
            AppendPath(path, folder);
        }

        AppendPath(path, name);
        return path.Count > 0;
    }

    /// <summary>DW_LNE_define_file: a file entry inside the program.</summary>
    public void DefineFile(ref DwarfReader reader)
    {
        if (files.Count >= DwarfLimits.MaxLineFiles)
            throw new DwarfException("a line program defines too many files");
        int at = reader.Position;
        reader.CString();
        files.Add((new TextRef(DwForm.String, (ulong)at), reader.Uleb()));
    }

    private static bool IsAbsolute(ReadOnlySpan<byte> path) => path.Length > 0 && path[0] == (byte)'/'
        || path.Length > 2 && path[1] == (byte)':' && path[2] is (byte)'\\' or (byte)'/';

    private static void AppendPath(List<byte> path, ReadOnlySpan<byte> part)
    {
        if (part.IsEmpty || path.Count + part.Length > DwarfLimits.MaxPathBytes)
            return;
        if (path.Count > 0 && path[^1] != (byte)'/' && part[0] != (byte)'/')
            path.Add((byte)'/');
        path.AddRange(part);
    }

    private ReadOnlySpan<byte> Directory(ulong index)
    {
        // Directory 0 is the compilation directory: implied before DWARF 5, listed since.
        if (Version < 5)
        {
            if (index == 0)
                return default;
            index--;
        }

        return index < (ulong)directories.Count ? Text(directories[(int)index]) : default;
    }

    private ReadOnlySpan<byte> Text(TextRef text) => text.Form == DwForm.String
        ? Elf.ElfReader.StringAt(Unit.File.Line.Span, text.Value)
        : Unit.Text(text.Form, text.Value);

    private void ReadOldTables(ref DwarfReader reader)
    {
        while (true)
        {
            int at = reader.Position;
            if (reader.CString().IsEmpty)
                break;
            directories.Add(new TextRef(DwForm.String, (ulong)at));
        }

        while (true)
        {
            int at = reader.Position;
            if (reader.CString().IsEmpty)
                break;
            ulong directory = reader.Uleb();
            reader.SkipLeb();
            reader.SkipLeb();
            files.Add((new TextRef(DwForm.String, (ulong)at), directory));
        }
    }

    private void ReadTables(ref DwarfReader reader, bool is64)
    {
        var entries = new List<(TextRef Name, ulong Directory)>();
        ReadTable(ref reader, is64, entries);
        foreach ((TextRef name, _) in entries)
            directories.Add(name);
        ReadTable(ref reader, is64, files);
    }

    private static void ReadTable(ref DwarfReader reader, bool is64, List<(TextRef Name, ulong Directory)> entries)
    {
        int formatCount = reader.U8();
        Span<(ulong Content, int Form)> format = new (ulong, int)[formatCount];
        foreach (ref (ulong Content, int Form) f in format)
            f = (reader.Uleb(), (int)Math.Min(reader.Uleb(), ushort.MaxValue));
        ulong count = reader.Uleb();
        if (count > DwarfLimits.MaxLineFiles || formatCount > 0 && count > (ulong)reader.Remaining || formatCount == 0 && count > 0)
            throw new DwarfException("a line program claims more files than fit");
        for (ulong i = 0; i < count; i++)
        {
            TextRef name = default;
            ulong directory = 0;
            foreach ((ulong content, int form) in format)
            {
                ulong value = Value(ref reader, form, is64);
                if (content == LnctPath)
                    name = new TextRef(form, value);
                else if (content == LnctDirectoryIndex)
                    directory = value;
            }

            entries.Add((name, directory));
        }
    }

    private static ulong Value(ref DwarfReader reader, int form, bool is64)
    {
        switch (form)
        {
            case DwForm.String:
                int at = reader.Position;
                reader.CString();
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
