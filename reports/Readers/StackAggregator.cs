using System.Numerics;
using MemTools.Reports.Errors;
using MemTools.Reports.Model;

namespace MemTools.Reports.Readers;

/// <summary>
/// Adds up values by distinct stack of addresses, without an allocation per line: memory grows with the distinct stacks and addresses, not with
/// the file.
/// </summary>
internal sealed class StackAggregator(int columns)
{
    private readonly AddressTable addresses = new();
    private Entry[] entries = new Entry[512];
    private int[] pool = new int[4096];
    private int poolLength;
    private long[] values = new long[512 * columns];
    private int[] table = new int[1024];

    private readonly record struct Entry(ulong Hash, int Start, int Length);

    /// <summary>Distinct stacks so far.</summary>
    public int Count { get; private set; }

    /// <summary>The values of a stack, to be added to.</summary>
    public Span<long> Values(int index) => values.AsSpan(index * columns, columns);

    /// <summary>The index of a stack, new or known.</summary>
    public int IndexOf(ReadOnlySpan<ulong> stack)
    {
        ulong hash = Hash(stack);
        int mask = table.Length - 1;
        int slot = (int)hash & mask;
        while (table[slot] != 0)
        {
            int known = table[slot] - 1;
            if (entries[known].Hash == hash && IsSame(entries[known], stack))
                return known;
            slot = (slot + 1) & mask;
        }

        return Add(stack, hash, slot);
    }

    /// <summary>Makes samples and locations; locations are distinct addresses.</summary>
    /// <param name="mappings">Mapped ranges, sorted.</param>
    /// <param name="returnAddresses">True when the addresses are those after the calls.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <param name="columnsOf">Turns what was added up into a sample's values and labels; null takes the values as they are.</param>
    public (List<Sample> Samples, List<Location> Locations) ToSamples(
        List<Mapping> mappings, bool returnAddresses, CancellationToken cancellation, HeapColumns? columnsOf = null)
    {
        var locations = new List<Location>(addresses.Count);
        var finder = new MappingFinder(mappings);
        for (int number = 0; number < addresses.Count; number++)
        {
            ulong address = addresses[number];
            locations.Add(new Location
            {
                Address = address, IsReturnAddress = returnAddresses, MappingIndex = finder.Find(returnAddresses && address > 0 ? address - 1 : address),
            });
        }

        var samples = new List<Sample>(Count);
        for (int index = 0; index < Count; index++)
        {
            if ((index & 0xfff) == 0)
                cancellation.ThrowIfCancellationRequested();
            int[] stack = pool.AsSpan(entries[index].Start, entries[index].Length).ToArray();
            samples.Add(columnsOf?.ToSample(stack, Values(index)) ?? new Sample { Locations = stack, Values = Values(index).ToArray() });
        }

        return (samples, locations);
    }

    private bool IsSame(Entry entry, ReadOnlySpan<ulong> stack)
    {
        if (entry.Length != stack.Length)
            return false;
        ReadOnlySpan<int> known = pool.AsSpan(entry.Start, entry.Length);
        for (int index = 0; index < known.Length; index++)
        {
            if (addresses[known[index]] != stack[index])
                return false;
        }

        return true;
    }

    private int Add(ReadOnlySpan<ulong> stack, ulong hash, int slot)
    {
        int index = Count++;
        if (index == entries.Length)
        {
            Array.Resize(ref entries, index * 2);
            Array.Resize(ref values, index * 2 * columns);
        }

        if (stack.Length > pool.Length - poolLength)
            Array.Resize(ref pool, PoolSize((long)poolLength + stack.Length));
        entries[index] = new Entry(hash, poolLength, stack.Length);
        foreach (ulong address in stack)
            pool[poolLength++] = addresses.NumberOf(address);
        table[slot] = index + 1;
        if (Count * 2 > table.Length)
            Grow();
        return index;
    }

    private int PoolSize(long needed) => needed <= Array.MaxLength ? (int)Math.Min(Math.Max(needed, pool.Length * 2L), Array.MaxLength)
        : throw new MemToolsException(
            "ProfileTooLarge", MemToolsErrorCategory.InvalidData, $"The profile has more than {Array.MaxLength} frames in distinct stacks.", null,
            "Take profiles with fewer frames a stack, or of fewer processes.");

    private void Grow()
    {
        table = new int[table.Length * 4];
        int mask = table.Length - 1;
        for (int index = 0; index < Count; index++)
        {
            int slot = (int)entries[index].Hash & mask;
            while (table[slot] != 0)
                slot = (slot + 1) & mask;
            table[slot] = index + 1;
        }
    }

    private static ulong Hash(ReadOnlySpan<ulong> stack)
    {
        ulong hash = 0x9e3779b97f4a7c15UL ^ (uint)stack.Length;
        foreach (ulong address in stack)
            hash = BitOperations.RotateLeft(hash ^ address, 27) * 0xff51afd7ed558ccdUL;
        return hash ^ (hash >> 32);
    }
}
