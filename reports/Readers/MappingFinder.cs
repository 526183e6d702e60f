using MemTools.Reports.Model;

namespace MemTools.Reports.Readers;

/// <summary>Finds the mapping that holds an address; the list must be sorted by start.</summary>
internal sealed class MappingFinder(List<Mapping> mappings)
{
    private int last;

    /// <summary>Index of the mapping, or -1.</summary>
    public int Find(ulong address)
    {
        if (last < mappings.Count && Holds(last, address))
        {
            return last;
        }

        int low = 0;
        int high = mappings.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            if (address < mappings[middle].Start)
            {
                high = middle - 1;
            }
            else if (address >= mappings[middle].Limit)
            {
                low = middle + 1;
            }
            else
            {
                return last = middle;
            }
        }

        return -1;
    }

    private bool Holds(int index, ulong address) => address >= mappings[index].Start && address < mappings[index].Limit;
}
