using System.Text;
using MemTools.Reports.Symbols;
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
    [InlineData("/usr/lib/x86_64-linux-gnu/ceph/libceph-common.so.2", "librados2 ceph-common-dbg")]
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
        using ModuleSymbolizer module = ModuleSymbolizer.Open(program);
        Assert.Empty(module.Warnings);
        ElfSection text = module.Binary.FindSection(".text")!;
        var random = new Random(42);
        ulong[] addresses = [.. Enumerable.Range(0, count).Select(_ => text.Address + (ulong)random.NextInt64((long)text.Size))];
        var store = new SymbolStore(style: null);
        ResolvedAddresses resolved = module.Resolve(addresses, store, new ResolveOptions { QualifiedNames = false }, TestContext.Current.CancellationToken);
        string[] theirs = Tools.Run("llvm-symbolizer", ["--no-demangle", $"--obj={program}"], string.Concat(addresses.Select(a => $"0x{a:x}\n"))).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(count, theirs.Length);

        int same = 0, inlined = 0, known = 0;
        var differences = new List<string>();
        for (int i = 0; i < count; i++)
        {
            string ours = Describe(resolved[i], store), other = WithoutColumns(theirs[i]);
            inlined += resolved[i].Length > 1 ? 1 : 0;
            known += resolved[i].Length > 0 && resolved[i][0].Line > 0 ? 1 : 0;
            if (ours == other)
                same++;
            else if (differences.Count < 10)
                differences.Add($"0x{addresses[i]:x}\n{ours}\nllvm-symbolizer:\n{other}");
        }

        // A comparison of nothing with nothing would agree too.
        Assert.True(known > count * 9 / 10 && inlined > count / 4, $"{known} addresses have lines, {inlined} are inlined, of {count}");
        Assert.True(same >= count * Required, $"{same} of {count} agree\n{string.Join("\n\n", differences)}");
    }

    private static string Describe(ReadOnlySpan<ResolvedFrame> frames, SymbolStore store)
    {
        var text = new StringBuilder();
        foreach (ResolvedFrame frame in frames)
        {
            string name = Encoding.UTF8.GetString(store.FunctionName(frame.Function)), file = Encoding.UTF8.GetString(store.FilePath(frame.File));
            text.Append(name.Length == 0 ? "??" : name).Append('\n').Append(file.Length == 0 ? "??" : file).Append(':').Append(frame.Line).Append('\n');
        }

        return text.Length == 0 ? "??\n??:0\n" : text.ToString();
    }

    private static string WithoutColumns(string answer)
    {
        string[] lines = answer.Trim('\n').Split('\n');
        for (int i = 1; i < lines.Length; i += 2)
            lines[i] = lines[i][..lines[i].LastIndexOf(':')];
        return string.Join('\n', lines) + "\n";
    }
}
