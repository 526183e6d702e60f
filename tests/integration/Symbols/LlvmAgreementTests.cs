using MemTools.Reports.Symbols.Elf;

namespace MemTools.IntegrationTests.Symbols;

/// <summary>
/// Random addresses of programs, against llvm-symbolizer run now: the whole inline chain's functions (mangled; the demangler has its own
/// tests), files and lines.
/// </summary>
/// <remarks>
/// What was seen to differ:
/// <list type="bullet">
/// <item>The file of a function that only the symbol table knows (<c>__do_global_dtors_aux</c> of the C runtime's start code, a <c>.cold</c>
/// part without a line row): llvm-symbolizer prints the symbol's STT_FILE (<c>crtstuff.c:0</c>), the engine <c>??:0</c>; neither has a line.
/// Seen on 2 of 50,000 calls of ceph-mon, and on none of 20,000 random addresses.</item>
/// <item>A separate debug file: llvm-symbolizer 14 leaves its <c>.symtab</c> unread, so that <c>f.cold</c> becomes <c>f</c>; the engine gives
/// the symbol table's name. Here symbols and debug information are joined in one file first.</item>
/// </list>
/// </remarks>
public sealed class LlvmAgreementTests
{
    private const double Required = 0.995;

    [Theory]
    [InlineData("-gdwarf-5", "-fPIE", "-pie")]
    [InlineData("-gdwarf-4", "-fno-pie", "-no-pie")]
    public void A_program_of_templates_is_resolved_as_llvm_symbolizer_does(string dwarf, string code, string link)
    {
        Tools.Require("llvm-symbolizer", "llvm");
        Tools.Require("g++", "g++");
        using var folder = new TemporaryFolder();
        string source = folder["templates.cpp"], program = folder["templates"];
        File.WriteAllText(source, TemplateProgram.Source);
        Tools.Run("g++", [dwarf, code, link, "-O2", "-g", "-std=c++17", "-o", program, source]);
        Compare(program, 6_000);
    }

    [Theory]
    [InlineData("/usr/bin/ceph-mon", "ceph-mon ceph-mon-dbg")]
    [InlineData("/usr/lib/x86_64-linux-gnu/ceph/libceph-common.so.2", "librados2 librados2-dbg")]
    public void Twenty_thousand_addresses_of_a_big_program_are_resolved_as_llvm_symbolizer_does(string program, string packages)
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("MEMTOOLS_LARGE") == "1", "takes a minute and a gigabyte: set MEMTOOLS_LARGE=1");
        Tools.Require("llvm-symbolizer", "llvm");
        Tools.Require("eu-unstrip", "elfutils");
        Assert.SkipUnless(File.Exists(program), $"{program} is not here: apt-get install {packages}");
        string id;
        using (ElfFile elf = ElfFile.Open(program))
            id = elf.BuildId!;
        string debug = $"/usr/lib/debug/.build-id/{id[..2]}/{id[2..]}.debug";
        Assert.SkipUnless(File.Exists(debug), $"{debug} is not here: apt-get install {packages}");
        using var folder = new TemporaryFolder();
        string full = folder["full"];
        Tools.Run("eu-unstrip", [program, debug, "-o", full]);
        Compare(full, 20_000);
    }

    private static void Compare(string program, int count)
    {
        ulong[] addresses = Comparison.Addresses(program, count);
        string[] ours = Comparison.Ours(program, addresses, out IReadOnlyList<string> warnings);
        Assert.Empty(warnings);
        Comparison.AssertAgree(addresses, ours, Comparison.Llvm(program, addresses), Required);
    }
}
