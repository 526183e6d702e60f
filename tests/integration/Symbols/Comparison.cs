using System.Text;
using MemTools.Reports.Symbols;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.IntegrationTests.Symbols;

/// <summary>Answers of the engine and of llvm-symbolizer as texts that can be compared: per frame the mangled function, then file and line.</summary>
internal static class Comparison
{
    /// <summary>Random addresses of a program's code, the same on every run.</summary>
    public static ulong[] Addresses(string program, int count, string section = ".text")
    {
        using ElfFile elf = ElfFile.Open(program);
        ElfSection text = elf.FindSection(section)!;
        var random = new Random(42);
        return [.. Enumerable.Range(0, count).Select(_ => text.Address + (ulong)random.NextInt64((long)text.Size))];
    }

    /// <summary>Addresses in functions that the symbol table knows: between functions addr2line names the one before, the engine none.</summary>
    public static ulong[] FunctionAddresses(string program, int count)
    {
        using ElfFile elf = ElfFile.Open(program);
        ElfSection text = elf.FindSection(".text")!;
        List<ElfSymbol> functions = [.. elf.Symbols.Where(s => s is { Type: ElfSymbolType.Function, Size: > 0 } && s.Value >= text.Address && s.Value < text.Address + text.Size)];
        return [.. Addresses(program, count).Where(a => functions.Exists(f => a >= f.Value && a < f.Value + f.Size))];
    }

    /// <summary>What the engine says; also the warnings.</summary>
    public static string[] Ours(string program, ulong[] addresses, out IReadOnlyList<string> warnings, ModuleOptions? options = null)
    {
        using ModuleSymbolizer module = ModuleSymbolizer.Open(program, options, TestContext.Current.CancellationToken);
        var store = new SymbolStore(style: null);
        ResolvedAddresses resolved = module.Resolve(addresses, store, new ResolveOptions { QualifiedNames = false }, TestContext.Current.CancellationToken);
        var answers = new string[addresses.Length];
        for (int i = 0; i < answers.Length; i++)
            answers[i] = Describe(resolved[i], store);
        warnings = module.Warnings;
        return answers;
    }

    /// <summary>What llvm-symbolizer says now.</summary>
    public static string[] Llvm(string program, ulong[] addresses)
    {
        string[] answers = Tools.Run("llvm-symbolizer", ["--no-demangle", $"--obj={program}"], Lines(addresses)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(addresses.Length, answers.Length);
        return [.. answers.Select(WithoutColumns)];
    }

    /// <summary>Addresses as tools take them from standard input.</summary>
    public static string Lines(ulong[] addresses) => string.Concat(addresses.Select(a => $"0x{a:x}\n"));

    /// <summary>Asserts that so many of the answers agree, and that the program has lines and, unless said otherwise, inlined calls.</summary>
    public static void AssertAgree(ulong[] addresses, string[] ours, string[] theirs, double required, bool inlines = true)
    {
        int same = 0, inlined = 0, known = 0;
        var differences = new List<string>();
        for (int i = 0; i < addresses.Length; i++)
        {
            inlined += ours[i].Count(c => c == '\n') > 2 ? 1 : 0;
            known += ours[i].EndsWith(":0\n", StringComparison.Ordinal) ? 0 : 1;
            if (ours[i] == theirs[i])
                same++;
            else if (differences.Count < 10)
                differences.Add($"0x{addresses[i]:x}\n{ours[i]}\nexpected:\n{theirs[i]}");
        }

        // A comparison of nothing with nothing would agree too.
        Assert.True(known > addresses.Length * 8 / 10 && (!inlines || inlined > addresses.Length / 5), $"{known} addresses have lines, {inlined} are inlined, of {addresses.Length}");
        Assert.True(same >= addresses.Length * required, $"{same} of {addresses.Length} agree\n{string.Join("\n\n", differences)}");
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
