using MemTools.Reports.Symbols;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.IntegrationTests.Symbols;

/// <summary>Every kind of debug information that gcc and clang write, against llvm-symbolizer run on the same file.</summary>
public sealed class DwarfVariantsTests
{
    private const double Required = 0.995;

    [Theory]
    [InlineData("g++", "-gdwarf-3 -gstrict-dwarf")]
    [InlineData("g++", "-gdwarf-4")]
    [InlineData("g++", "-gdwarf-5")]
    [InlineData("g++", "-gdwarf-4 -gdwarf64")]
    [InlineData("g++", "-gdwarf-5 -gdwarf64")]
    [InlineData("g++", "-gdwarf-4 -fdebug-types-section")]
    [InlineData("g++", "-gdwarf-5 -fdebug-types-section")]
    [InlineData("g++", "-gdwarf-5 -ffunction-sections")]
    [InlineData("g++", "-gdwarf-5 -static")]
    [InlineData("g++", "-gdwarf-5 -no-pie -fno-pie -O1")]
    [InlineData("clang++", "-gdwarf-2")]
    [InlineData("clang++", "-gdwarf-4")]
    [InlineData("clang++", "-gdwarf-5")]
    [InlineData("clang++", "-gdwarf-5 -gdwarf64")]
    [InlineData("clang++", "-gdwarf-4 -fdebug-types-section")]
    [InlineData("clang++", "-gdwarf-5 -gline-tables-only")]
    public void Is_resolved_as_llvm_symbolizer_does(string compiler, string options)
    {
        Tools.Require(compiler, compiler == "g++" ? "g++" : "clang");
        Tools.Require("llvm-symbolizer", "llvm");
        using var small = new SmallProgram();
        string program = small.Build("program", compiler, ["-O2", "-g", "-std=c++17", .. options.Split(' ')]);
        ulong[] addresses = OwnAddresses(program);
        string[] ours = Comparison.Ours(program, addresses, out IReadOnlyList<string> warnings);
        Assert.Empty(warnings);
        Comparison.AssertAgree(addresses, ours, Comparison.Llvm(program, addresses), Required);
    }

    /// <summary>llvm-symbolizer 14 leaves out inlined calls of split units with range lists: the truth is what it says of the same code, not split.</summary>
    [Theory]
    [InlineData("clang++", "-gdwarf-4")]
    [InlineData("clang++", "-gdwarf-5")]
    [InlineData("g++", "-gdwarf-4")]
    [InlineData("g++", "-gdwarf-5")]
    public void Split_units_are_resolved_as_whole_ones_are(string compiler, string version)
    {
        Tools.Require(compiler, compiler == "g++" ? "g++" : "clang");
        Tools.Require("llvm-symbolizer", "llvm");
        using var small = new SmallProgram();
        string plain = small.Build("plain", compiler, "-O2", "-g", version, "-std=c++17"), split = small.Build("split", compiler, "-O2", "-g", version, "-gsplit-dwarf", "-std=c++17");
        Assert.Equal(2, Directory.GetFiles(small.Folder.Path, "*.dwo").Length);
        using (ElfFile one = ElfFile.Open(plain), other = ElfFile.Open(split))
            Assert.True(one.GetData(".text").SequenceEqual(other.GetData(".text")), "the code differs");
        ulong[] addresses = OwnAddresses(plain);
        string[] ours = Comparison.Ours(split, addresses, out IReadOnlyList<string> warnings);
        Assert.Empty(warnings);
        Comparison.AssertAgree(addresses, ours, Comparison.Llvm(plain, addresses), Required);
    }

    /// <summary>What changes a file's form but not its content gives the same answers: here the truth is the program before.</summary>
    [Theory]
    [InlineData("zlib", "objcopy", "--compress-debug-sections=zlib")]
    [InlineData("the old zlib form", "objcopy", "--compress-debug-sections=zlib-gnu")]
    [InlineData("zstd", "objcopy", "--compress-debug-sections=zstd")]
    [InlineData("dwz", "dwz", "")]
    [InlineData("no .debug_aranges", "objcopy", "--remove-section=.debug_aranges")]
    public void A_file_in_another_form_answers_the_same(string form, string tool, string option)
    {
        Tools.Require("g++", "g++");
        Tools.Require(tool, tool == "dwz" ? "dwz" : "binutils");
        using var small = new SmallProgram();
        string plain = small.Build("plain", "g++", "-O2", "-g", "-gdwarf-5", "-std=c++17"), other = small.Folder["other"];
        (int code, _, string error) = tool == "dwz" ? Tools.Try("dwz", ["-o", other, plain]) : Tools.Try(tool, [option, plain, other]);
        Assert.SkipWhen(code != 0, $"{tool} cannot make {form} here: {error}");
        AssertSame(plain, other);
    }

    [Theory]
    [InlineData("-gdwarf-4")]
    [InlineData("-gdwarf-5")]
    public void Parts_that_dwz_moved_to_a_shared_file_are_found_there(string version)
    {
        Tools.Require("g++", "g++");
        Tools.Require("dwz", "dwz");
        using var small = new SmallProgram();
        string plain = small.Build("plain", "g++", "-O2", "-g", version, "-std=c++17"), other = small.Folder["other"];
        small.Build("second", "g++", "-O1", "-g", version, "-std=c++17");
        File.Copy(plain, other);
        // -M: the name in .gnu_debugaltlink.
        (int code, _, string error) = Tools.Try("dwz", ["-m", small.Folder["common"], "-M", small.Folder["common"], other, small.Folder["second"]]);
        Assert.SkipWhen(code != 0, $"dwz -m does not work here: {error}");
        using (ElfFile elf = ElfFile.Open(other))
            Assert.NotNull(elf.DebugAltLink);
        AssertSame(plain, other);

        File.Delete(small.Folder["common"]);
        Comparison.Ours(other, OwnAddresses(other), out IReadOnlyList<string> warnings);
        Assert.Contains(warnings, w => w.Contains("shares parts with", StringComparison.Ordinal) && w.Contains("common", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("g++", "-gdwarf-4", "dwp")]
    [InlineData("clang++", "-gdwarf-5", "llvm-dwp")]
    public void A_package_answers_as_its_dwo_files_do(string compiler, string version, string packer)
    {
        Tools.Require(compiler, compiler == "g++" ? "g++" : "clang");
        Tools.Require(packer, packer == "dwp" ? "binutils" : "llvm");
        using var small = new SmallProgram();
        string program = small.Build("program", compiler, "-O2", "-g", version, "-gsplit-dwarf", "-std=c++17");
        ulong[] addresses = OwnAddresses(program);
        string[] before = Comparison.Ours(program, addresses, out _);
        Tools.Run(packer, ["-e", program, "-o", program + ".dwp"]);
        string[] dwo = Directory.GetFiles(small.Folder.Path, "*.dwo");
        Assert.Equal(2, dwo.Length);
        foreach (string file in dwo)
            File.Delete(file);
        string[] after = Comparison.Ours(program, addresses, out IReadOnlyList<string> warnings);
        Assert.Empty(warnings);
        Comparison.AssertAgree(addresses, after, before, 1);
    }

    [Fact]
    public void A_program_linked_as_a_whole_is_resolved_as_addr2line_does()
    {
        Tools.Require("g++", "g++");
        Tools.Require("llvm-symbolizer", "llvm");
        using var small = new SmallProgram();
        string program = small.Build("program", "g++", "-O2", "-g", "-flto", "-std=c++17");
        ulong[] addresses = OwnAddresses(program);
        string[] ours = Comparison.Ours(program, addresses, out IReadOnlyList<string> warnings);
        Assert.Empty(warnings);
        Comparison.AssertAgree(addresses, ours, Comparison.Llvm(program, addresses), Required);
    }

    private static void AssertSame(string plain, string other)
    {
        ulong[] addresses = OwnAddresses(plain);
        string[] expected = Comparison.Ours(plain, addresses, out _), actual = Comparison.Ours(other, addresses, out IReadOnlyList<string> warnings);
        Assert.Empty(warnings);
        Comparison.AssertAgree(addresses, actual, expected, 1);
    }

    /// <summary>Addresses in the functions of the sources, not in the C library's.</summary>
    private static ulong[] OwnAddresses(string program)
    {
        using ElfFile elf = ElfFile.Open(program);
        var own = elf.Symbols.Where(s => s is { IsDefined: true, Type: ElfSymbolType.Function, Size: > 0 }
            && (s.Name.Contains("shapes", StringComparison.Ordinal) || s.Name is "main" or "plain" || s.Name.StartsWith("_Z5first", StringComparison.Ordinal) || s.Name.StartsWith("_ZL6helper", StringComparison.Ordinal)
                || s.Name.StartsWith("_ZZ5first", StringComparison.Ordinal))).ToList();
        Assert.True(own.Count > 10, $"{own.Count} functions");
        return [.. own.SelectMany(s => Enumerable.Range(0, (int)s.Size).Where(i => i % 3 == 0).Select(i => s.Value + (ulong)i))];
    }
}
