using MemTools.Reports.Model;

namespace MemTools.Reports.Leaks;

/// <summary>What a reader found of one check of one process, before its addresses are named.</summary>
internal sealed class LeakSource
{
    public required string Engine { get; init; }

    public string Check { get; init; } = "";

    /// <summary>The verdict, given the bytes and objects that count.</summary>
    public required Func<long, long, LeakJudgement> Judge { get; init; }

    public int? ProcessId { get; init; }

    public string? FilePath { get; init; }

    /// <summary>Bytes as the engine reported them; null to take the sum of the samples.</summary>
    public long? Bytes { get; init; }

    /// <summary>Objects as the engine reported them; null to take the sum of the samples.</summary>
    public long? Objects { get; init; }

    /// <summary>Stacks with their values; null when there are none. A sample's label <c>kind</c> is a <see cref="LeakKind"/>'s name.</summary>
    public Profile? Profile { get; init; }

    /// <summary>Kind of the samples that have no label.</summary>
    public LeakKind Kind { get; init; }

    /// <summary>Names by location, for those that the symbolizer cannot name.</summary>
    public IReadOnlyDictionary<int, Line[]> Fallbacks { get; init; } = new Dictionary<int, Line[]>();

    /// <summary>True for engines that count all live memory: the C++ runtime's and stdio's own is set aside.</summary>
    public bool SetAsideRuntimeMemory { get; init; }

    public List<string> Warnings { get; init; } = [];

    public List<string> Paths { get; init; } = [];
}
