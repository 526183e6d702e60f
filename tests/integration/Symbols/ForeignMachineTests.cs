using System.Text.RegularExpressions;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.IntegrationTests.Symbols;

/// <summary>Files of 32 bits and of the other byte order, made by the compilers of those machines, against their own binutils and llvm-symbolizer.</summary>
public sealed class ForeignMachineTests
{
    [Theory]
    [InlineData("gcc -m32", "i386", ElfClass.Elf32, ElfByteOrder.LittleEndian, "gcc", "-gdwarf-4")]
    [InlineData("gcc -m32", "i386", ElfClass.Elf32, ElfByteOrder.LittleEndian, "gcc", "-gdwarf-5")]
    [InlineData("powerpc-linux-gnu-gcc", "ppc", ElfClass.Elf32, ElfByteOrder.BigEndian, "gcc-powerpc-linux-gnu", "-gdwarf-4")]
    [InlineData("powerpc-linux-gnu-gcc", "ppc", ElfClass.Elf32, ElfByteOrder.BigEndian, "gcc-powerpc-linux-gnu", "-gdwarf-5")]
    [InlineData("s390x-linux-gnu-gcc", "s390x", ElfClass.Elf64, ElfByteOrder.BigEndian, "gcc-s390x-linux-gnu", "-gdwarf-3")]
    [InlineData("s390x-linux-gnu-gcc", "s390x", ElfClass.Elf64, ElfByteOrder.BigEndian, "gcc-s390x-linux-gnu", "-gdwarf-5")]
    public void Agrees_with_the_machines_own_tools(string compiler, string architecture, ElfClass elfClass, ElfByteOrder order, string package, string version)
    {
        string[] command = compiler.Split(' ');
        Tools.Require(command[0], package);
        Tools.Require("llvm-symbolizer", "llvm");
        using var small = new SmallProgram();
        string program = small.BuildC("program", command[0], [.. command[1..], "-O2", "-g", version, "-gz=zlib", "-static"]);
        using ElfFile elf = ElfFile.Open(program);
        Assert.Equal((elfClass, order, architecture), (elf.Class, elf.ByteOrder, elf.Architecture));

        string readelf = Tools.Run("readelf", ["-W", "-S", "-n", "-s", program]);
        Assert.Equal(Regex.Match(readelf, "Build ID: ([0-9a-f]+)") is { Success: true } id ? id.Groups[1].Value : null, elf.BuildId);
        Assert.Equal(
            Regex.Matches(readelf, @"^\s+\[\s*(\d+)\] +(\S+) +\S+ +([0-9a-f]{8,16}) ([0-9a-f]{6,}) ([0-9a-f]{6,}) ", RegexOptions.Multiline)
                .Where(m => m.Groups[1].Value != "0").Select(m => $"{m.Groups[2]} {Convert.ToUInt64(m.Groups[3].Value, 16):x} {Convert.ToUInt64(m.Groups[4].Value, 16):x} {Convert.ToUInt64(m.Groups[5].Value, 16):x}"),
            elf.Sections.Skip(1).Select(s => $"{s.Name} {s.Address:x} {s.Offset:x} {s.Size:x}"));
        Assert.Equal(
            Regex.Matches(readelf, @"^ +\d+: ([0-9a-f]{8,16}) +(\d+) FUNC +\w+ +\w+(?: +\[[^\]]*\])? +\d+ (\S+)$", RegexOptions.Multiline)
                .Select(m => $"{m.Groups[3]} {Convert.ToUInt64(m.Groups[1].Value, 16):x} {m.Groups[2]}"),
            elf.Symbols.Where(s => s.Type == ElfSymbolType.Function).Select(s => $"{s.Name} {s.Value:x} {s.Size}"));

        ulong[] addresses = Comparison.FunctionAddresses(program, 2000);
        string[] ours = Comparison.Ours(program, addresses, out IReadOnlyList<string> warnings);
        Assert.Empty(warnings);
        Comparison.AssertAgree(addresses, ours, Comparison.Llvm(program, addresses), 0.995);

        string own = command.Length > 1 ? "addr2line" : command[0].Replace("gcc", "addr2line", StringComparison.Ordinal);
        string[] theirs = Tools.Run(own, ["-f", "-i", "-a", "-e", program], Comparison.Lines(addresses)).Split(["0x"], StringSplitOptions.RemoveEmptyEntries);
        string[] expected = [.. theirs.Select(t => Regex.Replace(t[(t.IndexOf('\n') + 1)..], @" \(discriminator \d+\)", "").Replace(":?\n", ":0\n", StringComparison.Ordinal))];
        Comparison.AssertAgree(addresses, ours, expected, 0.995);
    }
}
