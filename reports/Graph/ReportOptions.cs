namespace MemTools.Reports.Graph;

/// <summary>What becomes one node of a report (pprof's granularities).</summary>
public enum Granularity
{
    /// <summary>One node per function name.</summary>
    Functions,

    /// <summary>One node per function name and source file.</summary>
    FileFunctions,

    /// <summary>One node per source file.</summary>
    Files,

    /// <summary>One node per function, file and line.</summary>
    Lines,

    /// <summary>One node per address.</summary>
    Addresses,
}

/// <summary>What a report is made of and how much of it is shown. Names and meanings are pprof's.</summary>
public sealed record ReportOptions
{
    public Granularity Granularity { get; init; }

    /// <summary>Counts inlined code as its outermost function.</summary>
    public bool NoInlines { get; init; }

    /// <summary>The column shown, by name (<c>inuse_space</c>, <c>alloc_objects</c>, …); null for the profile's default.</summary>
    public string? SampleType { get; init; }

    /// <summary>Sorts by cumulative instead of flat value.</summary>
    public bool Cumulative { get; init; }

    /// <summary>At most this many nodes; 0 for all.</summary>
    public int NodeCount { get; init; }

    /// <summary>Hides nodes whose cumulative value is below this fraction of the total.</summary>
    public double NodeFraction { get; init; } = 0.005;

    /// <summary>Hides edges below this fraction of the total.</summary>
    public double EdgeFraction { get; init; } = 0.001;

    /// <summary>False ignores node count and fractions.</summary>
    public bool Trim { get; init; } = true;

    /// <summary>One node per calling context instead of per function.</summary>
    public bool CallTree { get; init; }

    /// <summary>Percentages of what is left after focus and ignore, instead of the whole profile.</summary>
    public bool RelativePercentages { get; init; }

    /// <summary><c>minimum</c>, <c>auto</c>, or a unit: bytes, kB, MB, GB, count, ns, us, ms, s.</summary>
    public string Unit { get; init; } = "minimum";

    /// <summary>Divides every value.</summary>
    public double DivideBy { get; init; } = 1;

    /// <summary>Keeps stacks with a matching frame.</summary>
    public string? Focus { get; init; }

    /// <summary>Drops stacks with a matching frame.</summary>
    public string? Ignore { get; init; }

    /// <summary>Drops matching frames.</summary>
    public string? Hide { get; init; }

    /// <summary>Keeps only matching frames.</summary>
    public string? Show { get; init; }

    /// <summary>Drops frames that are callers of the outermost match, and stacks without a match.</summary>
    public string? ShowFrom { get; init; }

    /// <summary>Drops frames that a matching frame called.</summary>
    public string? PruneFrom { get; init; }

    /// <summary>Keeps samples with a matching label (<c>key=value</c>, <c>value</c>, or a range <c>1kb:4kb</c>).</summary>
    public string? TagFocus { get; init; }

    /// <summary>Drops samples with a matching label.</summary>
    public string? TagIgnore { get; init; }

    /// <summary>Labels (expressions for their names, or <c>name:value</c>) that the traces and tags views show; null for all.</summary>
    public string? TagShow { get; init; }

    /// <summary>Labels that they leave out.</summary>
    public string? TagHide { get; init; }

    /// <summary>Names of labels, separated by commas, whose values become the outermost frames.</summary>
    public string? TagRoot { get; init; }

    /// <summary>Names of labels, separated by commas, whose values become the innermost frames.</summary>
    public string? TagLeaf { get; init; }

    /// <summary>Values are divided by those of the first sample type: the mean of each event (pprof's mean).</summary>
    public bool Mean { get; init; }

    /// <summary>At most this many edges into and out of a node of a graph, as the Perl pprof; 0 for all.</summary>
    public int MaxDegree { get; init; }

    /// <summary>Names without parameters and template arguments, as both pprofs print them.</summary>
    public bool ShortNames { get; init; }

    /// <summary>Marks what itself holds memory in graphs (the Perl pprof's heapcheck).</summary>
    public bool HeapCheck { get; init; }

    /// <summary>Shows the frames of malloc, operator new and their kin, which are folded otherwise.</summary>
    public bool AllocatorFrames { get; init; }
}
