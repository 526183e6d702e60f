using System.Globalization;
using MemTools.Reports.Model;

namespace MemTools.Reports.Readers;

/// <summary>What valgrind said of one process, in either form.</summary>
internal sealed class ValgrindDocument
{
    /// <summary>What is said of programs whose malloc valgrind cannot replace.</summary>
    public const string StaticProgram = "The program has its own malloc (it is statically linked), so valgrind saw none of its memory";

    private readonly List<(LeakKind Kind, int[] Stack, long Blocks, long Direct, long Whole)> holders = [];
    private long lostBytes;
    private long lostBlocks;
    private bool hasOwnMalloc;
    private bool listsIndirect;
    private string? hidingOption;

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
            Add(known, text, bytes, blocks, stack);
        }
    }

    /// <summary>Adds a record.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="text">The sentence, for example "640 (64 direct, 576 indirect) bytes in 1 blocks …".</param>
    /// <param name="bytes">The bytes at its beginning.</param>
    /// <param name="blocks">Blocks, those that they hold not included.</param>
    /// <param name="stack">Locations.</param>
    public void Add(LeakKind kind, string text, long bytes, long blocks, int[] stack)
    {
        listsIndirect |= kind == LeakKind.IndirectlyLost;
        if (DirectBytes(text) is { } direct && direct < bytes)
        {
            holders.Add((kind, stack, blocks, direct, bytes));
        }
        else
        {
            Add(kind, bytes, blocks, stack);
        }
    }

    /// <summary>An argument of valgrind itself, in order; some keep leaks out of the report.</summary>
    public void NoteArgument(string argument)
    {
        const string kinds = "--show-leak-kinds=";
        if (argument.StartsWith("--xtree-leak=", StringComparison.Ordinal) || (argument.StartsWith(kinds, StringComparison.Ordinal) && hidingOption?.StartsWith("--xtree", StringComparison.Ordinal) != true))
        {
            string value = argument[(argument.IndexOf('=', StringComparison.Ordinal) + 1)..];
            bool hides = argument.StartsWith(kinds, StringComparison.Ordinal) ? !value.Split(',').Any(static kind => kind is "definite" or "all") : value == "yes";
            hidingOption = hides ? argument : null;
        }
    }

    private void Add(LeakKind kind, long bytes, long blocks, int[] stack)
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

        // Where indirectly lost blocks have no records of their own, what holds them stands for them.
        foreach ((LeakKind kind, int[] stack, long blocks, long direct, long whole) in holders)
        {
            Add(kind, listsIndirect ? direct : whole, blocks, stack);
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
                : hidingOption is not null && lostBlocks == 0 ? $"valgrind was told not to list leaks here ({hidingOption})"
                : null,
        };
    }
}
