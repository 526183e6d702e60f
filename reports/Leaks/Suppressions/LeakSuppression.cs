using MemTools.Reports.Model;

namespace MemTools.Reports.Leaks;

/// <summary>A known leak that a report shall set aside.</summary>
public sealed record LeakSuppression
{
    /// <summary>Its name, for valgrind's; for <c>leak:</c> the pattern.</summary>
    public required string Name { get; init; }

    /// <summary>Why it is accepted (a comment <c># reason: …</c> before or in it); null when not said.</summary>
    public string? Reason { get; init; }

    /// <summary>Last day it holds (a comment <c># expires: YYYY-MM-DD</c>); null when it holds for ever.</summary>
    public DateOnly? Expires { get; init; }

    /// <summary>Patterns of frames, the allocation first. A single <see cref="FramePatternKind.AnyName"/> is compared with every frame.</summary>
    public required IReadOnlyList<FramePattern> Frames { get; init; }

    /// <summary>Fingerprint of the one leak that is meant (<c># fingerprint: …</c>); null for any.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>Kinds of leaks that are meant (valgrind's <c>match-leak-kinds:</c>); null for all.</summary>
    public IReadOnlySet<LeakKind>? Kinds { get; init; }

    /// <summary>Where it is written, <c>file:line</c>.</summary>
    public string Source { get; init; } = "";

    /// <summary>True when it no longer holds on that day.</summary>
    public bool IsExpired(DateOnly today) => Expires is { } last && today > last;

    /// <summary>True when the leak is meant.</summary>
    public bool Matches(LeakRecord leak)
    {
        ArgumentNullException.ThrowIfNull(leak);
        if (Kinds is not null && !Kinds.Contains(leak.Kind))
        {
            return false;
        }

        if (Fingerprint is not null)
        {
            return Fingerprint == leak.Fingerprint;
        }

        return Frames is [{ Kind: FramePatternKind.AnyName } any] ? leak.Stack.Any(any.Matches) : Frames.Count > 0 && MatchesStack(leak.Stack);
    }

    /// <summary>
    /// Engines begin a stack at different frames (valgrind and LeakSanitizer with malloc, gperftools with its caller), so leading frames of the allocator
    /// are left out on both sides.
    /// </summary>
    private bool MatchesStack(IReadOnlyList<StackFrame> stack)
    {
        int first = 0;
        while (first < stack.Count && FrameOrigins.Of(stack[first]) == FrameOrigin.Allocator)
        {
            first++;
        }

        if (MatchesFrom(stack, 0, 0))
        {
            return true;
        }

        int pattern = 0;
        while (pattern < Frames.Count && IsAllocator(Frames[pattern]))
        {
            pattern++;
        }

        return pattern < Frames.Count && (pattern > 0 || first > 0) && MatchesFrom(stack, first, pattern);
    }

    /// <summary>Patterns must match frames one by one from the front; what comes after the last pattern is free.</summary>
    private bool MatchesFrom(IReadOnlyList<StackFrame> stack, int frame, int pattern)
    {
        int star = -1;
        int resume = 0;
        while (pattern < Frames.Count)
        {
            if (Frames[pattern].Kind == FramePatternKind.AnyFrames)
            {
                star = pattern++;
                resume = frame;
            }
            else if (frame < stack.Count && Frames[pattern].Matches(stack[frame]))
            {
                pattern++;
                frame++;
            }
            else if (star >= 0 && resume < stack.Count)
            {
                pattern = star + 1;
                frame = ++resume;
            }
            else
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsAllocator(FramePattern pattern) =>
        pattern.Kind == FramePatternKind.Function
        && (FrameOrigins.Of(new StackFrame { Function = pattern.Pattern!.Text.TrimEnd('*') }) == FrameOrigin.Allocator
            || pattern.Pattern.Text is "*alloc" or "_Znw*" or "_Zna*" or "operator new*");
}
