using MemTools.Reports.Symbols.Collections;

namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>The row of a line table that an address falls on.</summary>
internal struct LineRow
{
    /// <summary>File register; meaningful when <see cref="Found"/>.</summary>
    public uint File;
    public uint Line;
    public uint Column;
    public uint Discriminator;
    public bool Found;
}

/// <summary>
/// Runs a line program (section 6.2.5) once, against a sorted list of wanted addresses. Rows are never stored: each new row's address is
/// compared with the next wanted one, and only when it passes it the row before is taken.
/// </summary>
internal static class LineProgram
{
    private const int Copy = 1, AdvancePc = 2, AdvanceLine = 3, SetFile = 4, SetColumn = 5, NegateStatement = 6, SetBasicBlock = 7, ConstAddPc = 8;
    private const int FixedAdvancePc = 9, PrologueEnd = 10, EpilogueBegin = 11, SetIsa = 12;
    private const int ExtendedEndSequence = 1, ExtendedSetAddress = 2, ExtendedDefineFile = 3, ExtendedSetDiscriminator = 4;

    /// <summary>Fills <paramref name="rows"/> for the addresses of <paramref name="wanted"/> (ascending).</summary>
    /// <param name="header">The program.</param>
    /// <param name="wanted">Addresses, ascending.</param>
    /// <param name="count">How many of them.</param>
    /// <param name="rows">One per address.</param>
    /// <param name="code">Where the module has code: sequences that start elsewhere were discarded by the linker.</param>
    /// <param name="work">Pays for what is read and answered.</param>
    public static void Run(LineHeader header, ulong[] wanted, int count, LineRow[] rows, AddressRange code, WorkMeter work)
    {
        work.Spend(header.End - header.ProgramStart);
        var reader = new DwarfReader(header.Unit.File.Line, header.ProgramStart, header.End, header.Unit.BigEndian);
        ulong address = 0, next = ulong.MaxValue;
        uint opIndex = 0;
        long answered = 0;
        int index = count;
        bool started = false;
        LineRow row = new() { File = 1, Line = 1, Found = true }, previous = default;
        ulong previousAddress = 0;
        int opcodeBase = header.OpcodeBase, lineBase = header.LineBase, lineRange = header.LineRange;
        uint minimum = (uint)header.MinimumInstructionLength;
        uint operations = (uint)header.MaximumOperations;
        // Special opcodes: what each adds to address (in operations) and line.
        Span<byte> advances = stackalloc byte[256];
        Span<short> lines = stackalloc short[256];
        for (int i = 0; i + opcodeBase < 256 && lineRange > 0; i++)
        {
            advances[i + opcodeBase] = (byte)(i / lineRange);
            lines[i + opcodeBase] = (short)(lineBase + i % lineRange);
        }

        ulong constAdd = lineRange == 0 ? 0 : (ulong)((255 - opcodeBase) / lineRange);
        while (reader.Remaining > 0)
        {
            int opcode = reader.U8();
            if (opcode >= opcodeBase)
            {
                if (lineRange == 0)
                    throw new DwarfException("a line program with special opcodes but no line range");
                if (operations == 1)
                    address += advances[opcode] * minimum;
                else
                    Advance(advances[opcode], ref address, ref opIndex, minimum, operations);
                row.Line = (uint)((int)row.Line + lines[opcode]);
            }
            else
            {
                switch (opcode)
                {
                    case Copy:
                        break;
                    case AdvancePc:
                        Advance(reader.Uleb(), ref address, ref opIndex, minimum, operations);
                        continue;
                    case AdvanceLine:
                        row.Line = (uint)((long)row.Line + reader.Sleb());
                        continue;
                    case SetFile:
                        row.File = (uint)Math.Min(reader.Uleb(), uint.MaxValue);
                        continue;
                    case SetColumn:
                        row.Column = (uint)Math.Min(reader.Uleb(), uint.MaxValue);
                        continue;
                    case NegateStatement or SetBasicBlock or PrologueEnd or EpilogueBegin:
                        continue;
                    case ConstAddPc:
                        Advance(constAdd, ref address, ref opIndex, minimum, operations);
                        continue;
                    case FixedAdvancePc:
                        address += reader.U16();
                        opIndex = 0;
                        continue;
                    case SetIsa:
                        reader.SkipLeb();
                        continue;
                    case 0:
                        ulong length = reader.Uleb();
                        int start = reader.Position;
                        if (length == 0 || length > (ulong)reader.Remaining)
                            throw new DwarfException("an extended opcode reaches beyond its line program");
                        int sub = reader.U8();
                        if (sub == ExtendedEndSequence)
                        {
                            while (next < address)
                            {
                                if (next >= previousAddress && !rows[index].Found)
                                    rows[index] = previous;
                                answered++;
                                next = ++index < count ? wanted[index] : ulong.MaxValue;
                            }

                            work.Spend(answered);
                            answered = 0;
                            next = ulong.MaxValue;
                            index = count;
                            address = 0;
                            opIndex = 0;
                            row = new() { File = 1, Line = 1, Found = true };
                            started = false;
                        }
                        else if (sub == ExtendedSetAddress)
                        {
                            address = length - 1 is 1 or 2 or 4 or 8 ? reader.Sized((int)length - 1) : reader.Sized(header.AddressSize);
                            opIndex = 0;
                        }
                        else if (sub == ExtendedSetDiscriminator)
                        {
                            row.Discriminator = (uint)Math.Min(reader.Uleb(), uint.MaxValue);
                        }
                        else if (sub == ExtendedDefineFile)
                        {
                            header.DefineFile(ref reader);
                        }

                        reader.Seek(start + (int)length);
                        continue;
                    default:
                        for (int i = header.OpcodeLengths[opcode - 1]; i > 0; i--)
                            reader.SkipLeb();
                        continue;
                }
            }

            // A row. Addresses only grow within a sequence; the first row says where it starts.
            if (!started)
            {
                started = true;
                bool live = address >= code.Low && address < code.High;
                index = live ? RadixSort.LowerBound(wanted, 0, count, address) : count;
                next = index < count ? wanted[index] : ulong.MaxValue;
            }
            else
            {
                while (next < address)
                {
                    if (next >= previousAddress && !rows[index].Found)
                        rows[index] = previous;
                    answered++;
                    next = ++index < count ? wanted[index] : ulong.MaxValue;
                }
            }

            previous = row;
            previousAddress = address;
            row.Discriminator = 0;
        }
    }

    private static void Advance(ulong count, ref ulong address, ref uint opIndex, uint minimum, uint operations)
    {
        if (operations == 1)
        {
            address = unchecked(address + count * minimum);
            return;
        }

        // VLIW: several operations share an instruction (section 6.2.5.1).
        ulong total = unchecked(opIndex + count);
        address = unchecked(address + minimum * (total / operations));
        opIndex = (uint)(total % operations);
    }
}
