using System.Numerics;
using System.Runtime.InteropServices;
using MemTools.Reports.Model;

namespace MemTools.Reports.Readers;

/// <summary>Adds up values by distinct stack of addresses, without an allocation per line.</summary>
internal sealed class StackAggregator(int columns)
{
    private readonly List<Entry> entries = [];
    private ulong[] addressPool = new ulong[4096];
    private int poolLength;
    private long[] values = new long[1024];
    private int[] table = new int[1024];

    private readonly record struct Entry(ulong Hash, int Start, int Length);

    /// <summary>Distinct stacks so far.</summary>
    public int Count => entries.Count;

    /// <summary>The values of a stack, to be added to.</summary>
    public Span<long> Values(int index) => values.AsSpan(index * columns, columns);

    /// <summary>The addresses of a stack, leaf first.</summary>
    public ReadOnlySpan<ulong> Addresses(int index) => addressPool.AsSpan(entries[index].Start, entries[index].Length);

    /// <summary>The index of a stack, new or known.</summary>
    public int IndexOf(ReadOnlySpan<ulong> addresses)
    {
        ulong hash = Hash(addresses);
        int mask = table.Length - 1;
        int slot = (int)hash & mask;
        while (table[slot] != 0)
        {
            int known = table[slot] - 1;
            Entry entry = entries[known];
            if (entry.Hash == hash && entry.Length == addresses.Length && addressPool.AsSpan(entry.Start, entry.Length).SequenceEqual(addresses))
            {
                return known;
            }

            slot = (slot + 1) & mask;
        }

        return Add(addresses, hash, slot);
    }

    /// <summary>Makes samples and locations; locations are distinct addresses.</summary>
    public (List<Sample> Samples, List<Location> Locations) ToSamples(List<Mapping> mappings, bool returnAddresses, CancellationToken cancellation)
    {
        var locations = new List<Location>();
        var known = new Dictionary<ulong, int>();
        var samples = new List<Sample>(entries.Count);
        var finder = new MappingFinder(mappings);
        for (int i = 0; i < entries.Count; i++)
        {
            if ((i & 0xfff) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            ReadOnlySpan<ulong> addresses = Addresses(i);
            int[] stack = new int[addresses.Length];
            for (int f = 0; f < stack.Length; f++)
            {
                ref int location = ref CollectionsMarshal.GetValueRefOrAddDefault(known, addresses[f], out bool exists);
                if (!exists)
                {
                    location = locations.Count;
                    locations.Add(new Location
                    {
                        Address = addresses[f],
                        IsReturnAddress = returnAddresses,
                        MappingIndex = finder.Find(returnAddresses && addresses[f] > 0 ? addresses[f] - 1 : addresses[f]),
                    });
                }

                stack[f] = location;
            }

            samples.Add(new Sample { Locations = stack, Values = Values(i).ToArray() });
        }

        return (samples, locations);
    }

    private int Add(ReadOnlySpan<ulong> addresses, ulong hash, int slot)
    {
        int index = entries.Count;
        if (poolLength + addresses.Length > addressPool.Length)
        {
            Array.Resize(ref addressPool, Math.Max(addressPool.Length * 2, poolLength + addresses.Length));
        }

        addresses.CopyTo(addressPool.AsSpan(poolLength));
        entries.Add(new Entry(hash, poolLength, addresses.Length));
        poolLength += addresses.Length;
        if ((index + 1) * columns > values.Length)
        {
            Array.Resize(ref values, values.Length * 2);
        }

        table[slot] = index + 1;
        if (entries.Count * 2 > table.Length)
        {
            Grow();
        }

        return index;
    }

    private void Grow()
    {
        table = new int[table.Length * 4];
        int mask = table.Length - 1;
        for (int i = 0; i < entries.Count; i++)
        {
            int slot = (int)entries[i].Hash & mask;
            while (table[slot] != 0)
            {
                slot = (slot + 1) & mask;
            }

            table[slot] = i + 1;
        }
    }

    private static ulong Hash(ReadOnlySpan<ulong> addresses)
    {
        ulong hash = 0x9e3779b97f4a7c15UL ^ (uint)addresses.Length;
        foreach (ulong address in addresses)
        {
            hash = BitOperations.RotateLeft(hash ^ address, 27) * 0xff51afd7ed558ccdUL;
        }

        return hash ^ (hash >> 32);
    }
}
