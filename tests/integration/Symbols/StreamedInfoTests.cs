using System.Text;
using MemTools.Reports.Symbols;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.IntegrationTests.Symbols;

/// <summary>A compressed <c>.debug_info</c> read while it is unpacked gives what the same program gives uncompressed.</summary>
public sealed class StreamedInfoTests(StreamedInfoTests.Program program) : IClassFixture<StreamedInfoTests.Program>
{
    private const int Units = 3;

    [Theory]
    [InlineData("zlib", true, 2)]
    [InlineData("zlib", true, 1)]
    [InlineData("zlib", false, 2)]
    [InlineData("zlib-gnu", true, 2)]
    [InlineData("zstd", true, 2)]
    public void Answers_are_those_of_the_uncompressed_program(string compression, bool aranges, int threads)
    {
        using var folder = new TemporaryFolder();
        string plain = program.Build(), packed = Pack(folder, plain, compression, aranges);
        ulong[] addresses = Addresses(plain);
        string[] expected = Resolve(plain, addresses, new ResolveOptions { Threads = threads });
        using ModuleSymbolizer module = ModuleSymbolizer.Open(packed, null, TestContext.Current.CancellationToken);
        var streamed = new ResolveOptions { Threads = threads, StreamedInfoBytes = 1 };
        Assert.Equal(expected, Resolve(module, addresses, streamed));
        // The second question keeps the section.
        Assert.Equal(expected, Resolve(module, addresses, streamed));
        Assert.Empty(module.Warnings);
    }

    [Fact]
    public void One_address_is_enough()
    {
        using var folder = new TemporaryFolder();
        string plain = program.Build(), packed = Pack(folder, plain, "zlib", aranges: true);
        ulong address = Addresses(plain)[^1];
        Assert.Equal(Resolve(plain, [address], new ResolveOptions()), Resolve(packed, [address], new ResolveOptions { StreamedInfoBytes = 1 }));
    }

    [Fact]
    public void Damage_late_in_the_section_leaves_symbols_and_a_warning()
    {
        using var folder = new TemporaryFolder();
        string plain = program.Build(), packed = Pack(folder, plain, "zlib", aranges: true);
        byte[] bytes = File.ReadAllBytes(packed);
        using (ElfFile elf = ElfFile.Open(packed))
        {
            ElfSection info = elf.FindSection(".debug_info")!;
            // The last bytes are the checksum.
            bytes[(int)(info.Offset + info.Size) - 2] ^= 0x40;
        }

        File.WriteAllBytes(packed, bytes);
        ulong[] addresses = Addresses(plain);
        using ModuleSymbolizer module = ModuleSymbolizer.Open(packed, null, TestContext.Current.CancellationToken);
        string[] damaged = Resolve(module, addresses, new ResolveOptions { StreamedInfoBytes = 1 });
        Assert.Contains(module.Warnings, w => w.Contains(".debug_info", StringComparison.Ordinal) && w.Contains("checksum", StringComparison.Ordinal));
        Assert.Contains(damaged, answer => answer.StartsWith("_Z", StringComparison.Ordinal));
        Assert.DoesNotContain(damaged, answer => System.Text.RegularExpressions.Regex.IsMatch(answer, ":[1-9]"));
    }

    private static string Pack(TemporaryFolder folder, string plain, string compression, bool aranges)
    {
        string packed = folder["packed"];
        (int code, _, string error) = Tools.Try("objcopy", [$"--compress-debug-sections={compression}", .. aranges ? (string[])[] : ["--remove-section=.debug_aranges"], plain, packed]);
        Assert.SkipWhen(code != 0, $"objcopy cannot make {compression} here: {error}");
        using ElfFile elf = ElfFile.Open(packed);
        Assert.True((elf.FindSection(".debug_info") ?? elf.FindSection(".zdebug_info"))!.IsCompressed);
        Assert.Equal(aranges, (elf.FindSection(".debug_aranges") ?? elf.FindSection(".zdebug_aranges")) is not null);
        return packed;
    }

    private static ulong[] Addresses(string program)
    {
        using ElfFile elf = ElfFile.Open(program);
        ElfSection text = elf.FindSection(".text")!;
        var random = new Random(3);
        return [.. Enumerable.Range(0, 3000).Select(_ => text.Address + (ulong)random.NextInt64((long)text.Size))];
    }

    private static string[] Resolve(string program, ulong[] addresses, ResolveOptions options)
    {
        using ModuleSymbolizer module = ModuleSymbolizer.Open(program, null, TestContext.Current.CancellationToken);
        return Resolve(module, addresses, options);
    }

    private static string[] Resolve(ModuleSymbolizer module, ulong[] addresses, ResolveOptions options)
    {
        var store = new SymbolStore(style: null);
        ResolvedAddresses resolved = module.Resolve(addresses, store, options, TestContext.Current.CancellationToken);
        var result = new string[addresses.Length];
        for (int i = 0; i < result.Length; i++)
        {
            var text = new StringBuilder();
            foreach (ResolvedFrame frame in resolved[i])
                text.Append(Encoding.UTF8.GetString(store.FunctionName(frame.Function))).Append(' ').Append(Encoding.UTF8.GetString(store.FilePath(frame.File))).Append(':').Append(frame.Line).Append('\n');
            result[i] = text.ToString();
        }

        return result;
    }

    /// <summary>A program of several units, compiled once.</summary>
    public sealed class Program : IDisposable
    {
        private TemporaryFolder? folder;

        public string Build()
        {
            Tools.Require("g++", "g++");
            Tools.Require("objcopy", "binutils");
            if (folder is not null)
                return folder["plain"];
            folder = new TemporaryFolder();
            var sources = new List<string>();
            for (int i = 0; i < Units; i++)
            {
                sources.Add(folder[$"unit{i}.cpp"]);
                File.WriteAllText(sources[i], TemplateProgram.Source.Replace("int main(", i == 0 ? "int main(" : $"int main{i}(", StringComparison.Ordinal));
            }

            Tools.Run("g++", ["-gdwarf-5", "-gz=none", "-g", "-O1", "-std=c++17", "-o", folder["plain"], .. sources]);
            return folder["plain"];
        }

        public void Dispose() => folder?.Dispose();
    }
}
