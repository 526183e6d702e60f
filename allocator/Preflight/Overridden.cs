using MemTools.Allocators.Launch;
using MemTools.Reports.Leaks;
using MemTools.Reports.Model;

namespace MemTools.Allocators.Preflight;

/// <summary>What follows for a run's verdict from blocking findings that the user overrode.</summary>
internal static class Overridden
{
    /// <summary>Findings after which the library is not in the process at all.</summary>
    private static readonly string[] KeepLibraryOut =
        ["OtherArchitecture", "OtherLibc", "SetuidProgram", "FileCapabilities", "LibraryPathNotPreloadable", "LibraryUnusable"];

    /// <summary>The blocking ones by id, with what was found.</summary>
    public static Dictionary<string, string> Of(IReadOnlyList<PreflightFinding> findings)
    {
        var result = new Dictionary<string, string>();
        foreach (PreflightFinding finding in findings)
        {
            if (finding.Severity == PreflightSeverity.Blocking)
                result.TryAdd(finding.Id, finding.Message);
        }

        return result;
    }

    /// <summary>What they say of the program's process; the engine's own words, where there are any, weigh more.</summary>
    public static ProcessFacts Add(ProcessFacts facts, AllocatorRun run)
    {
        IReadOnlyDictionary<string, string> found = run.OverriddenFindings;
        if (found.Count == 0)
            return facts;
        return facts with
        {
            IsStatic = found.ContainsKey("StaticProgram"),
            LibraryHasChecker = found.ContainsKey("HeapCheckAbsent") || found.ContainsKey("HeapCheckRemoved") ? false : facts.LibraryHasChecker,
            LibraryLoaded = facts.LibraryLoaded ?? (KeepLibraryOut.Any(found.ContainsKey) ? false : null),
        };
    }

    /// <summary>
    /// A clean check in spite of a blocking finding was another program's (sudo's instead of the server's), or saw no allocation (the program's own malloc won):
    /// it proves nothing.
    /// </summary>
    public static AllocatorRun Judge(AllocatorRun run)
    {
        if (run.Verdict != Verdict.Clean || run.OverriddenFindings.Count == 0)
            return run;
        (string id, string message) = run.OverriddenFindings.First();
        return run with
        {
            Verdict = Verdict.NotChecked,
            VerdictReason = $"{message} The checker said clean, but not of this program's memory ({id}; memtools check and Test-Allocator say what to do).",
        };
    }
}
