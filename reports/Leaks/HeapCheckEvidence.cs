using MemTools.Reports.Model;
using MemTools.Reports.Readers;

namespace MemTools.Reports.Leaks;

/// <summary>A verdict and what it rests on.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Reason">Why, in one sentence, and for NotChecked what to do.</param>
/// <param name="Rule">Name of the rule that decided, for tests and for scripts that must tell cases apart.</param>
public readonly record struct LeakJudgement(Verdict Verdict, string Reason, string Rule);

/// <summary>
/// What the words and files of gperftools' heap checker prove. Each rule is a method; the first that applies decides. The checker is
/// silent when it is absent, off, or cut short, so Clean is only what its own words say in a process where nothing speaks against it.
/// </summary>
public static class HeapCheckEvidence
{
    private static readonly Func<Evidence, LeakJudgement?>[] Rules =
    [
        LeaksByText, LeaksByFile, UnsupportedMode, StartedTooLate, Ptraced, UnderValgrind, Setuid, TurnedOff, StaticProgram, PreloadFailed,
        LibraryNotLoaded, LibraryWithoutChecker, TimedOut, InactiveCheckers, ThreadFindingFailed, CleanWithoutBanner, KilledBySignal,
        CleanWithoutOrderlyEnd, Clean, LocalClean, LocalWithoutChecks, ExitCodeOneWithoutReport, NotAllAnswered, BannerWithoutVerdict, NoStandardError, NoBanner,
    ];

    /// <summary>The verdict for a whole run (all processes that share the standard error).</summary>
    /// <param name="log">What the checker said; null when standard error was not kept.</param>
    /// <param name="heapFiles">The <c>*-end.heap</c> files that the run wrote: one exists only where leaks were found.</param>
    /// <param name="facts">How the process ended and what was launched.</param>
    public static LeakJudgement Judge(HeapCheckLog? log, IReadOnlyList<string> heapFiles, ProcessFacts facts)
    {
        ArgumentNullException.ThrowIfNull(heapFiles);
        ArgumentNullException.ThrowIfNull(facts);
        var evidence = new Evidence(SoleVerdict.Of(log ?? new HeapCheckLog(), facts), heapFiles, facts, log is not null && facts.StandardErrorKept);
        foreach (Func<Evidence, LeakJudgement?> rule in Rules)
        {
            if (rule(evidence) is { } judgement)
            {
                return judgement;
            }
        }

        throw new InvalidOperationException("The last rule applies to everything.");
    }

    /// <summary>The verdict of one check of one process, as far as its text goes.</summary>
    public static LeakJudgement JudgeCheck(HeapCheckLog log, HeapCheckResult check, ProcessFacts facts)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(check);
        var evidence = new Evidence(log, [], facts, true);
        return check.Outcome switch
        {
            HeapCheckOutcome.Leaks => new(Verdict.Leaks, LeaksSentence(check), nameof(LeaksByText)),
            HeapCheckOutcome.Inactive => InactiveCheckers(evidence)!.Value,
            _ => Ptraced(evidence) ?? UnderValgrind(evidence) ?? Setuid(evidence) ?? TurnedOff(evidence) ?? ThreadFindingFailed(evidence)
                ?? CleanWithoutBanner(evidence) ?? CutShort(evidence)
                ?? new LeakJudgement(Verdict.Clean, CleanSentence(check), nameof(Clean)),
        };
    }

    /// <summary>How many processes of the log announced a checker and never gave a whole-program verdict.</summary>
    public static int Unanswered(HeapCheckLog log, int unmatchedHeapFiles, ProcessFacts facts)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(facts);
        return log.Banners - facts.ReplacedImages - MainVerdicts(log) - unmatchedHeapFiles;
    }

    private static LeakJudgement? LeaksByText(Evidence e) =>
        e.Log.Checks.FirstOrDefault(c => c.Outcome == HeapCheckOutcome.Leaks && c.Name == "_main_") is { } main
            ? new(Verdict.Leaks, LeaksSentence(main), nameof(LeaksByText))
            : e.Log.Checks.FirstOrDefault(c => c.Outcome == HeapCheckOutcome.Leaks) is { } check
                ? new(Verdict.Leaks, LeaksSentence(check), nameof(LeaksByText))
                : null;

    private static LeakJudgement? LeaksByFile(Evidence e) => e.HeapFiles.Count == 0 ? null : new(
        Verdict.Leaks, $"The checker wrote {Path.GetFileName(e.HeapFiles[0])}, which it does only for leaks.", nameof(LeaksByFile));

    private static LeakJudgement? UnsupportedMode(Evidence e) => NotCheckedFor(
        e, HeapCheckNoticeKind.UnsupportedMode, nameof(UnsupportedMode),
        "The checker does not know this mode and ended the program", "use minimal, normal, strict, draconian, as-is or local");

    private static LeakJudgement? StartedTooLate(Evidence e) => NotCheckedFor(
        e, HeapCheckNoticeKind.TooLate, nameof(StartedTooLate),
        "The program asked for the checker after it had started and was ended", "set the mode at launch instead of in the program");

    private static LeakJudgement? Ptraced(Evidence e) => NotCheckedFor(
        e, HeapCheckNoticeKind.Ptraced, nameof(Ptraced),
        "The process was traced (a debugger or strace), so the checker turned itself off; a \"No leaks found\" after that is empty",
        "run it without the tracer");

    private static LeakJudgement? UnderValgrind(Evidence e) => NotCheckedFor(
        e, HeapCheckNoticeKind.UnderValgrind, nameof(UnderValgrind),
        "The checker turned itself off under valgrind", "use one of the two engines, not both");

    private static LeakJudgement? Setuid(Evidence e) => NotCheckedFor(
        e, HeapCheckNoticeKind.Setuid, nameof(Setuid),
        "The program is setuid, so the checker ignored its environment", "check a copy of the program without the setuid bit");

    private static LeakJudgement? TurnedOff(Evidence e) => NotCheckedFor(
        e, HeapCheckNoticeKind.TurnedOff, nameof(TurnedOff),
        "The checker turned itself off", "see its words on standard error");

    private static LeakJudgement? StaticProgram(Evidence e) => !e.Facts.IsStatic || e.Log.Banners > 0 ? null : new(
        Verdict.NotChecked,
        "The program is statically linked, so the allocator could not be preloaded; link it dynamically or link the checker in.",
        nameof(StaticProgram));

    private static LeakJudgement? PreloadFailed(Evidence e) => e.Log.Banners > 0 ? null : NotCheckedFor(
        e, HeapCheckNoticeKind.PreloadFailed, nameof(PreloadFailed),
        "The dynamic loader could not preload a library and ran the program without it",
        "check the library's path and that it is built for the program's architecture and libc");

    private static LeakJudgement? LibraryNotLoaded(Evidence e) => e.Facts.LibraryLoaded != false || e.Log.Banners > 0 ? null : new(
        Verdict.NotChecked, $"{e.AllocatorName} was not loaded into the process; run Test-Allocator (memtools check) on the program to see why.",
        nameof(LibraryNotLoaded));

    private static LeakJudgement? LibraryWithoutChecker(Evidence e) => e.Facts.LibraryHasChecker != false || e.Log.Banners > 0 ? null : new(
        Verdict.NotChecked,
        $"{e.AllocatorName} has no heap checker (gperftools removed it in 2.17; the minimal and all other allocators never had one); use gperftools 2.16 or older, or another engine.",
        nameof(LibraryWithoutChecker));

    private static LeakJudgement? TimedOut(Evidence e) => !e.Facts.TimedOut || IsFullyClean(e) ? null : new(
        Verdict.NotChecked,
        "The program was ended at the time limit before its leak check; raise the limit, or stop it with a signal that it handles by exiting.",
        nameof(TimedOut));

    private static LeakJudgement? InactiveCheckers(Evidence e) =>
        e.Log.Checks.FirstOrDefault(c => c.Outcome == HeapCheckOutcome.Inactive) is { } inactive && !IsFullyClean(e)
            ? new(
                Verdict.NotChecked,
                $"The program's own checker \"{inactive.Name}\" said that heap checking is not active; start it with a heap-check mode (HEAPCHECK).",
                nameof(InactiveCheckers))
            : null;

    private static LeakJudgement? ThreadFindingFailed(Evidence e) => NotCheckedFor(
        e, HeapCheckNoticeKind.ThreadFindingFailed, nameof(ThreadFindingFailed),
        "The checker could not stop and look at the program's threads (ptrace is denied)",
        "allow ptrace (in a container: the capability SYS_PTRACE or a seccomp profile that permits it) and run again");

    private static LeakJudgement? CleanWithoutBanner(Evidence e) =>
        e.Log.Banners > 0 || !e.Log.Checks.Any(c => c.Outcome == HeapCheckOutcome.Clean)
            ? null
            : new(
                Verdict.NotChecked,
                "\"No leaks found\" stands without the line in which every active checker announces itself: the text is incomplete, or the program printed it; give the whole standard error.",
                nameof(CleanWithoutBanner));

    /// <summary>The whole-program check is an exit handler: a process that did not reach its last one printed the words itself.</summary>
    private static LeakJudgement? CleanWithoutOrderlyEnd(Evidence e) =>
        e.Facts.ExitHandlersRan != false || !e.Log.Checks.Any(c => c is { Outcome: HeapCheckOutcome.Clean, Name: "_main_" })
            ? null
            : new(
                Verdict.NotChecked,
                "\"No leaks found\" is there, but the process never came through its exit handlers, where the check runs (it left by _exit or quick_exit, or nothing was preloaded), so those are the program's own words; let it end by exit or by returning from main.",
                nameof(CleanWithoutOrderlyEnd));

    /// <summary>How a process ended speaks about one check only where no other process could have made it.</summary>
    private static LeakJudgement? CutShort(Evidence e) => e.Log.Banners > 1 ? null : Contradicted(e) ?? KilledBySignal(e) ?? CleanWithoutOrderlyEnd(e);

    /// <summary>The checker gives one whole-program verdict for each process.</summary>
    private static LeakJudgement? Contradicted(Evidence e) =>
        !e.Log.Checks.Any(c => c is { Outcome: HeapCheckOutcome.Leaks, Name: "_main_" })
            ? null
            : new(
                Verdict.NotChecked, "The same process has a verdict with leaks, so this \"No leaks found\" is the program's own words.", nameof(Contradicted));

    private static LeakJudgement? Clean(Evidence e) => IsFullyClean(e)
        ? new(Verdict.Clean, CleanSentence(e.Log.Checks.First(c => c is { Outcome: HeapCheckOutcome.Clean, Name: "_main_" })), nameof(Clean))
        : null;

    /// <summary>In local mode there is no whole-program check: the explicit checks and an orderly end are all there can be.</summary>
    private static LeakJudgement? LocalClean(Evidence e) =>
        e.IsLocal && e.Facts.Signal is null && e.Log.Checks.FirstOrDefault(c => c.Outcome == HeapCheckOutcome.Clean) is { } check
            ? new(Verdict.Clean, $"All explicit checks of the program passed (local mode checks nothing else); the first: {CleanSentence(check)}", nameof(LocalClean))
            : null;

    private static LeakJudgement? KilledBySignal(Evidence e) => e.Facts.Signal is null ? null : new(
        Verdict.NotChecked,
        $"The program was ended by {e.Facts.Signal} before its exit handlers, where the leak check runs; "
        + (e.Facts.Signal is "SIGTERM" or "SIGINT" or "SIGHUP" or "SIGQUIT" or "SIGUSR1" or "SIGUSR2"
            ? "let it handle that signal by exiting, or stop it with one that it handles."
            : "mend the crash first."),
        nameof(KilledBySignal));

    private static LeakJudgement? LocalWithoutChecks(Evidence e) => !e.IsLocal || e.Log.Checks.Count > 0 ? null : new(
        Verdict.NotChecked,
        "Mode local checks only where the program has HeapLeakChecker objects of its own, and it has none; use mode normal.",
        nameof(LocalWithoutChecks));

    private static LeakJudgement? ExitCodeOneWithoutReport(Evidence e) =>
        e.Facts.ExitCode != 1 || MainVerdicts(e.Log) > 0
            ? null
            : new(
                Verdict.NotChecked,
                "The exit code is 1, which the checker uses for leaks, but there is neither a report nor a *-end.heap file: "
                + (e.Facts.DumpDirectoryWritable == false
                    ? "the dump folder could not be written; give one that can (HEAP_CHECK_DUMP_DIRECTORY)."
                    : "it may be the program's own code; run it again with standard error kept and a writable dump folder."),
                nameof(ExitCodeOneWithoutReport));

    private static LeakJudgement? NotAllAnswered(Evidence e)
    {
        int answered = MainVerdicts(e.Log);
        int missing = Unanswered(e.Log, 0, e.Facts);
        return answered == 0 || missing <= 0 ? null : new(
            Verdict.NotChecked,
            $"{missing} of {e.Log.Banners} processes that started with the checker ended without a verdict: killed, left by _exit, or replaced by exec (a shell or env in front); launch the program itself.",
            nameof(NotAllAnswered));
    }

    private static LeakJudgement? BannerWithoutVerdict(Evidence e) => e.Log.Banners == 0 ? null : new(
        Verdict.NotChecked,
        "The checker started but never gave its verdict: the program was killed, crashed or left by _exit or quick_exit before its exit handlers, or it ran in mode local; let it end by exit or by returning from main.",
        nameof(BannerWithoutVerdict));

    private static LeakJudgement? NoStandardError(Evidence e) => e.HasStandardError ? null : new(
        Verdict.NotChecked,
        "Standard error was not kept and there is no *-end.heap file, so nothing shows whether the check ran; keep standard error.",
        nameof(NoStandardError));

    private static LeakJudgement NoBannerSentence(Evidence e) => new(
        Verdict.NotChecked,
        "The checker never announced itself: the library was not loaded (static or setuid program, wrong path), has no checker (tcmalloc-minimal, gperftools 2.17 or newer), or no mode was set; run Test-Allocator (memtools check) on the program.",
        nameof(NoBanner));

    private static LeakJudgement? NoBanner(Evidence e) => NoBannerSentence(e);

    /// <summary>Every process that announced a checker gave a clean whole-program verdict.</summary>
    private static bool IsFullyClean(Evidence e)
    {
        int clean = e.Log.Checks.Where(c => c is { Outcome: HeapCheckOutcome.Clean, Name: "_main_" }).Sum(c => c.Occurrences);
        return clean > 0 && e.Log.Banners > 0 && Unanswered(e.Log, 0, e.Facts) <= 0;
    }

    private static int MainVerdicts(HeapCheckLog log) =>
        log.Checks.Where(c => c.Name == "_main_" && c.Outcome != HeapCheckOutcome.Inactive).Sum(c => c.Occurrences);

    private static LeakJudgement? NotCheckedFor(Evidence e, HeapCheckNoticeKind kind, string rule, string what, string action)
    {
        HeapCheckNotice? notice = e.Log.Notices.FirstOrDefault(n => n.Kind == kind);
        return notice is null ? null : new(Verdict.NotChecked, $"{what} (\"{notice.Text}\"); {action}.", rule);
    }

    private static string LeaksSentence(HeapCheckResult check) =>
        $"The checker's \"{check.Name}\" detected leaks of {check.Bytes} bytes in {check.Objects} objects.";

    private static string CleanSentence(HeapCheckResult check) =>
        $"The checker's \"{check.Name}\" found no leaks; it reached {check.ReachableObjects} live objects of {check.ReachableBytes} bytes.";

    private sealed record Evidence(HeapCheckLog Log, IReadOnlyList<string> HeapFiles, ProcessFacts Facts, bool HasStandardError)
    {
        public bool IsLocal => string.Equals(Facts.Mode, "local", StringComparison.OrdinalIgnoreCase);

        public string AllocatorName => Facts.Allocator ?? "The allocator's library";
    }
}
