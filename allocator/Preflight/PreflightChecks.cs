using MemTools.Allocators.HeapCheck;
using MemTools.Allocators.Launch;
using MemTools.Reports.Errors;

namespace MemTools.Allocators.Preflight;

/// <summary>Would the preload take effect, would the leak check run, and if not, why: answered from the files, before anything starts.</summary>
public static class PreflightChecks
{
    /// <summary>Depth of wrappers and scripts that are looked through.</summary>
    private const int MaximumDepth = 8;

    /// <summary>Looks at everything; nothing found is an empty list. Blocking findings come first.</summary>
    /// <param name="request">What is to be started.</param>
    /// <param name="allocator">The allocator found for it; null when the program keeps its own.</param>
    /// <param name="target">Where.</param>
    /// <param name="engine">The leak engine; null for gperftools' when the request wants a check.</param>
    /// <param name="cancellation">Stops the checks.</param>
    public static Task<IReadOnlyList<PreflightFinding>> RunAsync(
        LaunchRequest request, Allocator? allocator, ITarget target, ILeakEngine? engine = null, CancellationToken cancellation = default)
    {
        if (request.HeapCheck != HeapCheckMode.None)
            engine ??= LeakEngines.Find("Gperftools");
        var context = new PreflightContext
        {
            Request = request,
            Allocator = allocator,
            Engine = engine,
            Target = target,
            Preloads = allocator is { Path: not null, Name: not "ptmalloc" } || engine is { Preloads: true },
            Cancellation = cancellation,
        };
        CheckProgram(context);
        LibraryChecks.Run(context);
        SurroundingChecks.Run(context);
        context.Findings.Sort(static (a, b) => b.Severity.CompareTo(a.Severity));
        return Task.FromResult<IReadOnlyList<PreflightFinding>>(context.Findings);
    }

    /// <summary>Throws the first blocking finding.</summary>
    /// <exception cref="MemToolsException">With the finding's id.</exception>
    public static void ThrowIfBlocked(IReadOnlyList<PreflightFinding> findings)
    {
        int blocking = 0;
        foreach (PreflightFinding finding in findings)
            blocking += finding.Severity == PreflightSeverity.Blocking ? 1 : 0;
        if (blocking == 0)
            return;
        PreflightFinding first = findings.First(static finding => finding.Severity == PreflightSeverity.Blocking);
        string more = blocking > 1 ? $" ({blocking - 1} more: memtools check, Test-Allocator)" : "";
        throw new MemToolsException(
            first.Id, first.Id == "ProgramNotFound" ? MemToolsErrorCategory.ObjectNotFound : MemToolsErrorCategory.InvalidOperation,
            first.WouldHaveHappened.Length > 0 ? $"{first.Message} Without this refusal: {first.WouldHaveHappened}{more}" : first.Message + more,
            first.Subject, first.Action);
    }

    /// <summary>The program and, through wrappers and scripts, what it will really run.</summary>
    private static void CheckProgram(PreflightContext context)
    {
        string path;
        try
        {
            (path, _) = ProgramResolver.Resolve(context.Request, context.Target);
        }
        catch (MemToolsException e) when (e.ErrorId == "ProgramNotFound")
        {
            context.Block(e.ErrorId, context.Request.FilePath, e.Message, "", e.RecommendedAction ?? "Check the name.");
            return;
        }
        IReadOnlyList<string> arguments = [.. context.Request.Arguments.Select(System.Text.Encoding.UTF8.GetString)];
        string? current = path;
        for (int depth = 0; current is not null && depth < MaximumDepth; depth++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            WrapperCall? wrapper = Wrappers.Inspect(current, arguments);
            bool isLast = wrapper is null;
            if (wrapper is not null)
                WrapperChecks.Run(context, current, wrapper);
            ProgramFile file = ProgramFile.Read(context.Target, current, context.Cancellation);
            using (file)
            {
                ScriptLine? script = ProgramChecks.Run(context, file, isWrapper: !isLast);
                if (script is not null)
                {
                    arguments = [.. script.Arguments, current, .. arguments];
                    current = script.Interpreter;
                    continue;
                }
            }
            if (wrapper?.Program is not { } inner)
                return;
            current = inner.Contains('/', StringComparison.Ordinal) ? inner : context.Target.FindProgram(inner);
            arguments = wrapper.Arguments;
            if (current is null)
            {
                context.Block(
                    "ProgramNotFound", inner, $"The program '{inner}' that {Path.GetFileName(path)} is to start is not in PATH.", "",
                    "Name it by its path, or add its folder to PATH.");
            }
        }
    }
}
