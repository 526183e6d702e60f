using System.Buffers.Binary;
using System.Text.RegularExpressions;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.Allocators.Detect;

/// <summary>Recognises jemalloc, mimalloc, tbbmalloc, glibc's libraries and LeakSanitizer.</summary>
internal static partial class OtherFacts
{
    public static LibraryFacts? Add(LibraryFacts facts, ElfFile elf)
    {
        if (Defines("mallctl", "malloc_stats_print") || Defines("je_mallctl", "je_malloc_stats_print"))
        {
            // The strings opt.prof and config.prof are there even without --enable-prof.
            var profiling = elf.ContainsText("heap_v2/%") || elf.ContainsText("Leak approximation summary") || elf.ContainsText("Leak summary: ");
            return facts with
            {
                Name = "jemalloc", Version = JemallocVersion(elf), HeapProfile = profiling ? Capability.Supported : Capability.Absent,
            };
        }

        if (Defines("mi_version", "mi_malloc"))
        {
            return facts with { Name = "mimalloc", Version = MimallocVersion(elf) };
        }

        if (Defines("__TBB_malloc_proxy") || (facts.Needed.Contains("libtbbmalloc.so.2") && Defines("malloc")))
        {
            return facts with { Name = "tbbmalloc" };
        }

        if (Defines("__lsan_do_leak_check") && !Defines("__asan_init") && Defines("malloc"))
        {
            return facts with { Name = "lsan", HeapCheck = Capability.Supported };
        }

        return facts.Soname switch
        {
            "libc.so.6" => facts with { Name = "ptmalloc", Version = GlibcVersion(elf) },
            "libc_malloc_debug.so.0" => facts with { Name = "libc-malloc-debug" },
            _ => null,
        };

        bool Defines(params ReadOnlySpan<string> names)
        {
            foreach (var name in names)
            {
                if (!elf.DefinesDynamicSymbol(name))
                {
                    return false;
                }
            }

            return true;
        }
    }

    // "5.3.0-0-g54eaed1d8b56b1aa528be3bdd1877e59c56fa90c", or all zeros behind the g in tarballs' builds.
    private static string? JemallocVersion(ElfFile elf)
    {
        for (var major = 1; major <= 9; major++)
        {
            foreach (var text in elf.FindStrings($"{major}."))
            {
                if (JemallocText().Match(text) is { Success: true } match)
                {
                    return match.Groups[1].Value;
                }
            }
        }

        return null;
    }

    // "GNU C Library (Debian GLIBC 2.36-9+deb12u10) stable release version 2.36."
    private static string? GlibcVersion(ElfFile elf) =>
        elf.FindStrings("GNU C Library").Select(t => GlibcText().Match(t)).FirstOrDefault(m => m.Success)?.Groups[1].Value;

    // The version is only in the code of mi_version(), which returns a constant: 209 is 2.0.9, 316 is 3.1.6; five digits and more are
    // major, two of minor, two of patch.
    private static string? MimallocVersion(ElfFile elf)
    {
        var symbol = elf.DynamicSymbols.FirstOrDefault(s => s.IsDefined && s.Name == "mi_version");
        var code = elf.DataAtVirtualAddress(symbol.Value);
        var number = elf.Architecture switch
        {
            "x86_64" or "i386" => ReturnedByX86(code),
            "aarch64" => ReturnedByArm64(code),
            _ => null,
        };
        return number switch
        {
            >= 100 and < 1000 => $"{number / 100}.{number / 10 % 10}.{number % 10}",
            >= 10000 and < 1000000 => $"{number / 10000}.{number / 100 % 100}.{number % 100}",
            _ => null,
        };
    }

    private static int? ReturnedByX86(ReadOnlySpan<byte> code)
    {
        if (code.StartsWith((ReadOnlySpan<byte>)[0xf3, 0x0f, 0x1e, 0xfa]) || code.StartsWith((ReadOnlySpan<byte>)[0xf3, 0x0f, 0x1e, 0xfb]))
        {
            code = code[4..]; // endbr64, endbr32
        }

        return code.Length >= 6 && code[0] == 0xb8 && code[5] == 0xc3 ? BinaryPrimitives.ReadInt32LittleEndian(code[1..]) : null;
    }

    private static int? ReturnedByArm64(ReadOnlySpan<byte> code)
    {
        if (code.Length >= 4 && BinaryPrimitives.ReadUInt32LittleEndian(code) == 0xd503245f)
        {
            code = code[4..]; // bti c
        }

        // movz w0, #imm16
        return code.Length >= 4 && BinaryPrimitives.ReadUInt32LittleEndian(code) is var word && (word & 0xffe0001f) == 0x52800000
            ? (int)((word >> 5) & 0xffff)
            : null;
    }

    [GeneratedRegex(@"^(\d+\.\d+\.\d+)-\d+-g[0-9a-f]{7,40}$")]
    private static partial Regex JemallocText();

    [GeneratedRegex(@"release version (\d+\.\d+(\.\d+)?)")]
    private static partial Regex GlibcText();
}
