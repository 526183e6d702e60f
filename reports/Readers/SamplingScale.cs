namespace MemTools.Reports.Readers;

/// <summary>Turns what a sampling allocator recorded into an estimate of all.</summary>
internal static class SamplingScale
{
    /// <summary>
    /// A block of size s is sampled with probability 1-exp(-s/period), so counts and bytes are divided by it, with the mean size of the
    /// stack's blocks. Source: jemalloc's and gperftools' profile documentation; pprof's scaleHeapSample.
    /// </summary>
    public static (long Objects, long Bytes) Unbias(long objects, long bytes, long period)
    {
        if (objects == 0 || bytes == 0 || period <= 1)
        {
            return (objects, bytes);
        }

        double mean = (double)bytes / objects;
        double scale = 1 / (1 - Math.Exp(-mean / period));
        return ((long)(objects * scale), (long)(bytes * scale));
    }
}
