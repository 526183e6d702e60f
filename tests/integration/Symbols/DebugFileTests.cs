using System.Text.RegularExpressions;
using MemTools.Reports.Symbols;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.IntegrationTests.Symbols;

/// <summary>Where names come from when the program itself has been stripped, made with binutils and xz as distributions do.</summary>
public sealed class DebugFileTests
{
    [Theory]
    [InlineData("")]
    [InlineData(".debug/")]
    public void A_debug_link_is_followed_only_if_its_checksum_is_right(string folder)
    {
        using var small = new SmallProgram();
        string program = Build(small, out ulong[] addresses, out string[] expected, "-Wl,--build-id=none");
        Directory.CreateDirectory(small.Folder[".debug"]);
        string debug = small.Folder[folder + "program.debug"];
        Tools.Run("objcopy", ["--only-keep-debug", program, debug]);
        Tools.Run("strip", [program]);
        Tools.Run("objcopy", [$"--add-gnu-debuglink={debug}", program]);
        Assert.Equal(expected, Comparison.Ours(program, addresses, out IReadOnlyList<string> warnings));
        Assert.Empty(warnings);

        byte[] bytes = File.ReadAllBytes(debug);
        bytes[^1] ^= 1;
        File.WriteAllBytes(debug, bytes);
        Assert.All(Comparison.Ours(program, addresses, out warnings), a => Assert.EndsWith(":0\n", a, StringComparison.Ordinal));
        Assert.Contains(warnings, w => w.Contains("program.debug", StringComparison.Ordinal));
    }

    [Fact]
    public void A_debug_file_of_another_build_is_refused_with_both_build_ids()
    {
        using var small = new SmallProgram();
        string program = Build(small, out ulong[] addresses, out _), folder = Directory.CreateDirectory(small.Folder["symbols"]).FullName;
        Tools.Run("objcopy", ["--only-keep-debug", small.Build("other", "g++", "-O1", "-g", "-std=c++17"), Path.Combine(folder, "program.debug")]);
        Tools.Run("strip", [program]);
        string wanted = BuildId(program), found = BuildId(Path.Combine(folder, "program.debug"));
        Assert.NotEqual(wanted, found);
        Assert.All(Comparison.Ours(program, addresses, out IReadOnlyList<string> warnings, new ModuleOptions { SymbolPaths = [folder] }), a => Assert.EndsWith(":0\n", a, StringComparison.Ordinal));
        Assert.Contains(warnings, w => w.Contains(wanted, StringComparison.Ordinal) && w.Contains(found, StringComparison.Ordinal));
    }

    [Fact]
    public void MiniDebugInfo_names_the_functions_that_stripping_took_away()
    {
        Tools.Require("xz", "xz-utils");
        using var small = new SmallProgram();
        string program = Build(small, out _, out _), mini = small.Folder["mini"];
        var truth = Tools.Run("nm", ["-S", "--defined-only", program]).Split('\n').Select(l => l.Split(' ')).Where(p => p.Length == 4 && p[2] is "t" or "T").ToList();
        // As rpm's find-debuginfo does: a debug file with the function symbols only, packed into a section.
        Tools.Run("objcopy", ["-S", "--remove-section=.gnu_debuglink", "--remove-section=.comment", .. truth.Select(t => $"--keep-symbol={t[3]}"), program, mini]);
        Tools.Run("xz", ["-k", mini]);
        Tools.Run("strip", [program]);
        Tools.Run("objcopy", [$"--add-section=.gnu_debugdata={mini}.xz", program]);
        ulong[] addresses = [.. truth.Select(t => Convert.ToUInt64(t[0], 16) + 1)];
        Assert.True(addresses.Length > 20);
        string[] names = [.. Comparison.Ours(program, addresses, out IReadOnlyList<string> warnings).Select(a => a.Split('\n')[0])];
        // Equal functions were folded: they have several names.
        for (int i = 0; i < names.Length; i++)
            Assert.Contains(truth, t => t[0] == truth[i][0] && t[3] == names[i]);
        Assert.Empty(warnings);
    }

    [Fact]
    public void Entries_of_the_procedure_linkage_table_are_named_as_objdump_names_them()
    {
        using var small = new SmallProgram();
        string program = Build(small, out _, out _);
        Tools.Run("strip", [program]);
        var truth = Regex.Matches(Tools.Run("objdump", ["-d", program]), @"^([0-9a-f]{16}) <(\S+@plt)>:", RegexOptions.Multiline).ToList();
        Assert.Contains(truth, m => m.Groups[2].Value == "printf@plt");
        ulong[] addresses = [.. truth.Select(m => Convert.ToUInt64(m.Groups[1].Value, 16) + 4)];
        Assert.Equal(truth.Select(m => m.Groups[2].Value), Comparison.Ours(program, addresses, out _).Select(a => a.Split('\n')[0]));
    }

    [Fact]
    public void A_program_of_more_sections_than_16_bits_count_is_resolved()
    {
        Tools.Require("gcc", "gcc");
        Tools.Require("as", "binutils");
        using var folder = new TemporaryFolder();
        const int Count = 66_000;
        File.WriteAllText(folder["many.s"], string.Concat(Enumerable.Range(0, Count).Select(i => $".section .text.f{i},\"ax\"\n.globl f{i}\n.type f{i},@function\nf{i}: nop\nret\n.size f{i},.-f{i}\n")));
        Tools.Run("as", ["-o", folder["many.o"], folder["many.s"]]);
        // An object file: its symbols are relative to their sections, and all but the first 65,279 have their section's index elsewhere.
        using ElfFile elf = ElfFile.Open(folder["many.o"]);
        Match header = Regex.Match(Tools.Run("readelf", ["-W", "-h", folder["many.o"]]), @"Number of section headers:\s+0 \((\d+)\)");
        Assert.Equal(int.Parse(header.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture), elf.Sections.Count);
        Assert.True(elf.Sections.Count > Count);
        Assert.Equal(Count, elf.Symbols.Count(s => s is { IsDefined: true, Type: ElfSymbolType.Function, Size: 2 }));
        Assert.Contains(elf.Sections, s => s.Name == $".text.f{Count - 1}" && s.IsExecutable);
    }

    private static string Build(SmallProgram small, out ulong[] addresses, out string[] expected, params string[] options)
    {
        Tools.Require("g++", "g++");
        Tools.Require("objcopy", "binutils");
        string program = small.Build("program", "g++", ["-O2", "-g", "-std=c++17", .. options]);
        addresses = Comparison.Addresses(program, 500);
        expected = Comparison.Ours(program, addresses, out _);
        Assert.True(expected.Count(e => !e.EndsWith(":0\n", StringComparison.Ordinal)) > 400);
        return program;
    }

    private static string BuildId(string file) => Regex.Match(Tools.Run("readelf", ["-n", file]), "Build ID: ([0-9a-f]+)").Groups[1].Value;
}
