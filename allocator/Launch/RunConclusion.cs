using MemTools.Allocators.HeapCheck;
using MemTools.Allocators.HeapCheck.Shim;
using MemTools.Allocators.Preflight;
using MemTools.Reports.Errors;
using MemTools.Reports.Model;
using MemTools.Reports.Symbols;

namespace MemTools.Allocators.Launch;

/// <summary>Adds verdict, reports and profiles to a run that has ended.</summary>
internal static class RunConclusion
{
    /// <param name="run">The run with how it ended.</param>
    /// <param name="engine">Null when no check was asked for.</param>
    /// <param name="folder">Its folder.</param>
    /// <param name="words">What the classifier collected while it ran; null to read the kept standard error.</param>
    /// <param name="children">Descendants; null when unknown.</param>
    /// <param name="warnings">Grows.</param>
    public static AllocatorRun Conclude(
        AllocatorRun run, ILeakEngine? engine, RunFolder folder, object? words, ChildProcesses? children, List<string> warnings)
    {
        IReadOnlyList<string> profiles = HeapProfiling.Find(folder.RunPath);
        if (engine is null)
            return run with { HeapProfilePaths = profiles };
        try
        {
            if (children is null)
            {
                (run, children) = StartMarks.Read(run, folder.RunPath);
                run = run with { Children = children?.Processes ?? run.Children };
            }

            EngineVerdict verdict = engine.Judge(new RunEvidence
            {
                Run = run, RunPath = folder.RunPath, CheckerWords = words ?? ReadWords(run, engine), Children = children,
            });
            warnings.AddRange(verdict.Warnings);
            AllocatorRun judged = Overridden.Judge(run with
            {
                Verdict = verdict.Verdict, VerdictReason = verdict.Reason, ReportPaths = verdict.ReportPaths, HeapProfilePaths = profiles,
                Children = verdict.Children ?? run.Children,
            });
            return judged.Repeat is null
                ? judged
                : RepeatedReports.Judge(judged, RunReports.Read(judged, new SymbolizeOptions(), RunFileSource.Of(judged), null, CancellationToken.None));
        }
        catch (Exception e) when (e is MemToolsException or IOException or UnauthorizedAccessException)
        {
            return run with
            {
                Verdict = Verdict.NotChecked,
                VerdictReason = $"The evidence of the leak check cannot be read: {e.Message} Run it again.",
                HeapProfilePaths = profiles,
            };
        }
    }

    private static object? ReadWords(AllocatorRun run, ILeakEngine engine)
    {
        if (run.StandardErrorPath is not { } path || !File.Exists(path) || engine.CreateClassifier(null, null) is not { } classifier)
            return null;
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, FileOptions.SequentialScan);
        var buffer = new byte[256 * 1024];
        while (stream.Read(buffer) is var count and > 0)
            classifier.Feed(buffer.AsSpan(0, count));
        return classifier.Complete();
    }
}
