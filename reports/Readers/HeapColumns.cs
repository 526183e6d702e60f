using MemTools.Reports.Model;

namespace MemTools.Reports.Readers;

/// <summary>
/// The columns of a heap profile, from allocated objects and bytes and objects and bytes in use: pprof's names, what a sampling allocator saw
/// scaled to an estimate of all, and the mean size as the label <c>bytes</c>.
/// </summary>
/// <param name="hasAllocated">False when the profile only says what is in use.</param>
/// <param name="period">Mean bytes between samples; 0 or 1 when every allocation was recorded.</param>
internal sealed class HeapColumns(bool hasAllocated, long period)
{
    /// <summary>Labels by size: profiles have few sizes, and many stacks.</summary>
    private readonly Dictionary<long, IReadOnlyDictionary<string, long>> labels = [];

    public SampleType[] Types { get; } = hasAllocated
        ? [new("alloc_objects", "count"), new("alloc_space", "bytes"), new("inuse_objects", "count"), new("inuse_space", "bytes")]
        : [new("objects", "count"), new("space", "bytes")];

    public string Default => hasAllocated ? "inuse_space" : "space";

    /// <summary>Adds a record to the sums of its stack; false when they do not fit 64 bits.</summary>
    public static bool TryAdd(Span<long> sums, long allocatedObjects, long allocatedBytes, long objects, long bytes)
    {
        // Two numbers of equal sign whose sum has another sign do not fit.
        if (Overflows(sums[0], allocatedObjects) || Overflows(sums[1], allocatedBytes) || Overflows(sums[2], objects) || Overflows(sums[3], bytes))
            return false;
        sums[0] += allocatedObjects;
        sums[1] += allocatedBytes;
        sums[2] += objects;
        sums[3] += bytes;
        return true;
    }

    /// <summary>A sample of what was added up for a stack.</summary>
    public Sample ToSample(int[] stack, ReadOnlySpan<long> sums)
    {
        long size = sums[2] > 0 ? sums[3] / sums[2] : sums[0] > 0 ? sums[1] / sums[0] : 0;
        (long objects, long bytes) = SamplingScale.Unbias(sums[2], sums[3], period);
        long[] values;
        if (hasAllocated)
        {
            (long allocatedObjects, long allocatedBytes) = SamplingScale.Unbias(sums[0], sums[1], period);
            values = [allocatedObjects, allocatedBytes, objects, bytes];
        }
        else
        {
            values = [objects, bytes];
        }

        return new Sample { Locations = stack, Values = values, NumericLabels = size > 0 ? Label(size) : null };
    }

    private static bool Overflows(long sum, long more) => ((sum ^ (sum + more)) & (more ^ (sum + more))) < 0;

    private IReadOnlyDictionary<string, long> Label(long size)
    {
        if (!labels.TryGetValue(size, out IReadOnlyDictionary<string, long>? label))
            labels.Add(size, label = new Dictionary<string, long>(1) { ["bytes"] = size });
        return label;
    }
}
