namespace MemTools.Allocators.Catalog;

/// <summary>What a variable's value looks like.</summary>
public enum VariableType
{
    /// <summary>1, t, true, y, yes, 0, f, false, n, no (gperftools); true or false (jemalloc); 0 or 1 (mimalloc, glibc).</summary>
    Boolean,

    /// <summary>A whole number, negative allowed.</summary>
    Integer,

    /// <summary>A whole number of bytes.</summary>
    Bytes,

    /// <summary>A decimal number.</summary>
    Number,

    /// <summary>A file, a folder, or the start of a file's name.</summary>
    Path,

    /// <summary>Any text.</summary>
    Text,

    /// <summary>One of <see cref="AllocatorVariable.Choices"/>.</summary>
    Choice,

    /// <summary>A number of milliseconds.</summary>
    Milliseconds,

    /// <summary>A number of seconds.</summary>
    Seconds,

    /// <summary>A signal's number.</summary>
    Signal,
}

/// <summary>A setting that an allocator or an engine takes from its environment.</summary>
public sealed record AllocatorVariable
{
    /// <summary>Name of the environment variable, or of the key inside <see cref="Carrier"/>.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// The environment variable that carries many keys (MALLOC_CONF, GLIBC_TUNABLES, LSAN_OPTIONS); null when
    /// <see cref="Name"/> is itself an environment variable.
    /// </summary>
    public VariableCarrier? Carrier { get; init; }

    /// <summary>What its value looks like.</summary>
    public required VariableType Type { get; init; }

    /// <summary>The value that holds when it is not set; empty for none.</summary>
    public string Default { get; init; } = "";

    /// <summary>What it does, in one sentence.</summary>
    public required string Meaning { get; init; }

    /// <summary>First version that knows it; null when all do.</summary>
    public string? Since { get; init; }

    /// <summary>First version that ignores it again; null when none does.</summary>
    public string? Removed { get; init; }

    /// <summary>Allowed values of a <see cref="VariableType.Choice"/>.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Former names that newer versions may still read.</summary>
    public IReadOnlyList<string> FormerNames { get; init; } = [];

    /// <summary>True when a library of this version reads it; an unknown version reads all.</summary>
    public bool AppliesTo(string? version) =>
        version is null
        || ((Since is null || LibraryVersion.Compare(version, Since) >= 0)
            && (Removed is null || LibraryVersion.Compare(version, Removed) < 0));
}

/// <summary>An environment variable that carries many settings.</summary>
/// <param name="Name">The environment variable.</param>
/// <param name="Assign">Between key and value.</param>
/// <param name="Separator">Between pairs.</param>
public sealed record VariableCarrier(string Name, char Assign, char Separator)
{
    /// <summary>jemalloc: <c>MALLOC_CONF=key:value,key:value</c>.</summary>
    public static VariableCarrier MallocConf { get; } = new("MALLOC_CONF", ':', ',');

    /// <summary>glibc: <c>GLIBC_TUNABLES=glibc.malloc.key=value:…</c>.</summary>
    public static VariableCarrier GlibcTunables { get; } = new("GLIBC_TUNABLES", '=', ':');

    /// <summary>LeakSanitizer: <c>LSAN_OPTIONS=key=value:…</c>.</summary>
    public static VariableCarrier LsanOptions { get; } = new("LSAN_OPTIONS", '=', ':');
}
