using System.Globalization;
using MemTools.Reports.Model;

namespace MemTools.Reports.Readers;

/// <summary>What valgrind said of one process, in either form.</summary>
internal sealed class ValgrindDocument
{
    /// <summary>What is said of programs whose malloc valgrind cannot replace.</summary>
    public const string StaticProgram = "The program has its own malloc (it is statically linked), so valgrind saw none of its memory";

    private long lostBytes;
    private long lostBlocks;
    private bool hasOwnMalloc;

    public bool IsValgrind { get; set; }

    public string Tool { get; set; } = "memcheck";

    public int? ProcessId { get; set; }

    public string? Program { get; set; }

    public string State { get; set; } = "";

    /// <summary>Name of the signal that ended the program; the leak check runs all the same.</summary>
    public string? Signal { get; set; }

    public StackProfileBuilder Builder { get; } = new(returnAddresses: false);

    /// <summary>
    /// valgrind replaces malloc only where it is a library's. Its frames inside the program itself mean that the program brings its own, so
    /// that valgrind saw no allocation at all.
    /// </summary>
    public void NoteFrame(ValgrindFrame frame) =>
        hasOwnMalloc |= frame is { Function: "malloc" or "_int_malloc" or "calloc" or "realloc", Module: not null } && frame.Module == Program;

    /// <summary>Adds an error record when it is a leak; other errors of memcheck are not leaks.</summary>
    public void AddLeak(string kind, string text, long bytes, long blocks, int[] stack)
    {
        LeakKind? leak = kind switch
        {
            "Leak_DefinitelyLost" => LeakKind.Lost,
            "Leak_IndirectlyLost" => LeakKind.IndirectlyLost,
            "Leak_PossiblyLost" => LeakKind.PossiblyLost,
            "Leak_StillReachable" => LeakKind.Reachable,
            _ => null,
        };
        if (leak is { } known)
        {
            Add(known, DirectBytes(text) ?? bytes, blocks, stack);
        }
    }

    public void Add(LeakKind kind, long bytes, long blocks, int[] stack)
    {
        Builder.Add(stack, kind, blocks, bytes);
        if (kind != LeakKind.Reachable)
        {
            lostBytes += bytes;
            lostBlocks += blocks;
        }
    }

    /// <summary>The N of "… (N direct, M indirect) bytes in …"; null without such a bracket.</summary>
    public static long? DirectBytes(string text)
    {
        int open = text.IndexOf('(', StringComparison.Ordinal);
        int word = text.IndexOf(" direct, ", StringComparison.Ordinal);
        return open >= 0 && word > open
            && long.TryParse(text.AsSpan(open + 1, word - open - 1), NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out long direct)
                ? direct
                : null;
    }

    public EngineLeaks ToLeaks(bool closed)
    {
        if (Signal is not null)
        {
            Builder.Warnings.Add($"The program was ended by {Signal}: what it would have freed later is counted too.");
        }

        return new EngineLeaks
        {
            Engine = "valgrind",
            ProcessId = ProcessId,
            FilePath = Program,
            Profile = Builder.Build(),
            Bytes = lostBytes,
            Objects = lostBlocks,
            IsComplete = closed && Tool == "memcheck",
            Failure = Tool != "memcheck" ? $"valgrind ran the tool {Tool}, which does not look for leaks"
                : hasOwnMalloc && lostBlocks == 0 ? StaticProgram
                : null,
        };
    }
}
