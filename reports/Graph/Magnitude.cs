namespace MemTools.Reports.Graph;

/// <summary>Sums of absolute values that stop at the largest number instead of wrapping round, for profiles may hold any 64 bits.</summary>
internal static class Magnitude
{
    /// <summary>The absolute value; of the smallest number the largest.</summary>
    public static long Of(long value) => value == long.MinValue ? long.MaxValue : Math.Abs(value);

    /// <summary>A sum with signs, which wraps round rather than fails.</summary>
    public static long Sum(IEnumerable<long> values)
    {
        long sum = 0;
        foreach (long value in values)
            sum = unchecked(sum + value);
        return sum;
    }

    /// <summary>A sum of absolute values and one more.</summary>
    public static long Add(long sum, long value)
    {
        long more = Of(value);
        return sum > long.MaxValue - more ? long.MaxValue : sum + more;
    }
}
