using System.Text.RegularExpressions;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.Allocators.Detect;

/// <summary>Recognises gperftools' libraries.</summary>
internal static partial class GperftoolsFacts
{
    public static LibraryFacts? Add(LibraryFacts facts, ElfFile elf)
    {
        var version = elf.FindStrings("gperftools ").Select(s => VersionText().Match(s)).FirstOrDefault(m => m.Success)?.Groups[1].Value;
        if (version is null && !elf.DefinesDynamicSymbol("tc_version"))
        {
            return null;
        }

        // --enable-hidden-visibility (2.16 and later) hides the symbols, the texts stay.
        var profiler = elf.DefinesDynamicSymbol("HeapProfilerStart") || elf.ContainsText("Dumping heap profile to");
        var checker = elf.DefinesDynamicSymbol("_ZN15HeapLeakChecker15DoMainHeapCheckEv") || elf.ContainsText("heap leak checker is active");
        var debug = elf.ContainsText("TCMALLOC_PAGE_FENCE");
        var removed = version is not null && Catalog.LibraryVersion.Compare(version, "2.17") >= 0;
        return facts with
        {
            Name = debug ? "tcmalloc-debug" : profiler || checker ? "tcmalloc" : "tcmalloc-minimal",
            Version = version,
            HeapCheck = checker ? Capability.Supported : profiler && removed ? Capability.Removed : Capability.Absent,
            HeapProfile = profiler ? Capability.Supported : Capability.Absent,
        };
    }

    [GeneratedRegex(@"^gperftools (\d+\.\d+(\.\d+)?)$")]
    private static partial Regex VersionText();
}
