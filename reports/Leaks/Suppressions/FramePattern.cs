using MemTools.Reports.Model;
using MemTools.Reports.Symbols.Demangle;

namespace MemTools.Reports.Leaks;

/// <summary>What a line of a suppression says of a frame.</summary>
public enum FramePatternKind
{
    /// <summary>LeakSanitizer's and heaptrack's <c>leak:</c>: the function, the source file or the module of any frame.</summary>
    AnyName,

    /// <summary>valgrind's <c>fun:</c>.</summary>
    Function,

    /// <summary>valgrind's <c>obj:</c>.</summary>
    Module,

    /// <summary>valgrind's <c>src:FILE:LINE</c>.</summary>
    Source,

    /// <summary>valgrind's <c>...</c>: any number of frames, also none.</summary>
    AnyFrames,
}

/// <summary>One line of a suppression.</summary>
/// <param name="Kind">What it is compared with.</param>
/// <param name="Pattern">The pattern; null for <c>...</c>.</param>
/// <param name="Line">For <c>src:</c>, the line; 0 for any.</param>
public sealed record FramePattern(FramePatternKind Kind, NamePattern? Pattern, int Line = 0)
{
    /// <summary>valgrind's suppressions hold mangled names; a whole one is compared by its demangled form.</summary>
    private readonly string? demangled = Kind == FramePatternKind.Function && Pattern is { } p && p.Text.StartsWith("_Z", StringComparison.Ordinal)
        && p.Text.AsSpan().IndexOfAny('*', '?') < 0 && Demangler.Demangle(p.Text) is var name && name != p.Text ? name : null;

    /// <summary>True when the frame is of the pattern.</summary>
    public bool Matches(StackFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        return Kind switch
        {
            FramePatternKind.AnyFrames => true,
            FramePatternKind.Module => frame.Module.Length > 0 && MatchesPath(frame.Module),
            FramePatternKind.Source => frame.File is { } file && (Line == 0 || Line == frame.Line) && MatchesPath(file),
            FramePatternKind.Function => frame.Function is { } function && MatchesFunction(function),
            _ => (frame.Function is { } f && Pattern!.Matches(f)) || (frame.File is { } s && Pattern!.Matches(s))
                || (frame.Module.Length > 0 && Pattern!.Matches(frame.Module)),
        };
    }

    /// <summary>A pattern without a slash means the file name in any folder.</summary>
    private bool MatchesPath(string path) =>
        Pattern!.Matches(path) || (!Pattern.Text.Contains('/') && Pattern.Matches(Path.GetFileName(path.AsSpan())));

    /// <summary>The name as it is, and without parameters: valgrind's users write <c>fun:main</c> and <c>fun:acme::run</c>.</summary>
    private bool MatchesFunction(string function)
    {
        if (Pattern!.Matches(function) || demangled == function)
        {
            return true;
        }

        int parameters = FunctionNames.ParametersStart(function);
        ReadOnlySpan<char> bare = parameters < 0 ? function : function.AsSpan(0, parameters);
        return parameters >= 0 && (Pattern.Matches(bare) || (demangled is not null && bare.SequenceEqual(demangled)));
    }
}
