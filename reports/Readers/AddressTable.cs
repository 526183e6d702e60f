namespace MemTools.Reports.Readers;

/// <summary>Numbers distinct addresses in the order of their first appearance. Open addressing; keys lie in the table, so that a look-up is one access.</summary>
internal sealed class AddressTable
{
    private Slot[] slots = new Slot[1024];
    private ulong[] addresses = new ulong[512];

    private record struct Slot(ulong Address, int Number);

    /// <summary>Distinct addresses so far.</summary>
    public int Count { get; private set; }

    /// <summary>The address with this number.</summary>
    public ulong this[int number] => addresses[number];

    /// <summary>The number of an address, new or known.</summary>
    public int NumberOf(ulong address)
    {
        Slot[] table = slots;
        int mask = table.Length - 1;
        int at = Home(address) & mask;
        while (true)
        {
            ref Slot slot = ref table[at];
            if (slot.Number == 0)
                return Add(address, ref slot);
            if (slot.Address == address)
                return slot.Number - 1;
            at = (at + 1) & mask;
        }
    }

    private int Add(ulong address, ref Slot slot)
    {
        if (Count == addresses.Length)
            Array.Resize(ref addresses, Count * 2);
        addresses[Count++] = address;
        slot = new Slot(address, Count); // numbers are kept plus one: 0 marks a free slot
        if (Count * 2 > slots.Length)
            Grow();
        return Count - 1;
    }

    private void Grow()
    {
        var larger = new Slot[slots.Length * 4];
        int mask = larger.Length - 1;
        for (int number = 0; number < Count; number++)
        {
            int at = Home(addresses[number]) & mask;
            while (larger[at].Number != 0)
                at = (at + 1) & mask;
            larger[at] = new Slot(addresses[number], number + 1);
        }

        slots = larger;
    }

    /// <summary>Fibonacci hashing: the upper half of a product by 2^64 divided by the golden ratio.</summary>
    private static int Home(ulong address) => (int)((address * 0x9E3779B97F4A7C15UL) >> 32);
}
