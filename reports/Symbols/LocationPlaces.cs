using MemTools.Reports.Model;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.Reports.Symbols;

/// <summary>Which locations still want names, and which module each belongs to.</summary>
internal sealed class LocationPlaces
{
    private readonly Profile profile;
    private readonly Dictionary<Mapping, List<int>> byMapping = [];
    private readonly List<int> homeless = [];

    public LocationPlaces(Profile profile)
    {
        this.profile = profile;
        for (int i = 0; i < profile.Locations.Count; i++)
        {
            Location location = profile.Locations[i];
            if (location.Lines.Length > 0)
                continue;
            Mapping? mapping = location.MappingIndex >= 0 && location.MappingIndex < profile.Mappings.Count
                ? profile.Mappings[location.MappingIndex]
                : FindMapping(Wanted(location));
            if (mapping is not null && ProfileModules.IsFile(mapping.Path))
            {
                if (!byMapping.TryGetValue(mapping, out List<int>? list))
                    byMapping[mapping] = list = [];
                list.Add(i);
            }
            else
            {
                homeless.Add(i);
            }
        }
    }

    /// <summary>True when some location lies in these mappings, or in memory that could be theirs.</summary>
    public bool MayHold(List<Mapping> mappings) =>
        mappings.Exists(byMapping.ContainsKey) || homeless.Count > 0 && mappings.Count > 0 && homeless.Exists(i => IsBetween(mappings, profile.Locations[i].Address));

    /// <summary>The locations of a module with their ELF virtual addresses.</summary>
    public List<(int Location, ulong Address)> Take(List<Mapping> mappings, ElfFile module)
    {
        var result = new List<(int, ulong)>();
        foreach (Mapping mapping in mappings)
        {
            if (!byMapping.TryGetValue(mapping, out List<int>? list))
                continue;
            foreach (int i in list)
            {
                if (ModuleAddress.TryGetVirtual(module, mapping, Wanted(profile.Locations[i]), out ulong address))
                    result.Add((i, address));
            }
        }

        TakeRemapped(mappings, module, result);
        return result;
    }

    /// <summary>Locations that no module took.</summary>
    public IEnumerable<(int Location, ulong Address)> Unplaced()
    {
        foreach (int i in homeless)
        {
            if (profile.Locations[i].Lines.Length == 0)
                yield return (i, Wanted(profile.Locations[i]));
        }
    }

    /// <summary>
    /// Some programs copy their text onto large pages: it is then anonymous memory in the midst of the module's own mappings. An address there
    /// is the module's if its other mappings put code at that place.
    /// </summary>
    private void TakeRemapped(List<Mapping> mappings, ElfFile module, List<(int Location, ulong Address)> result)
    {
        if (homeless.Count == 0)
            return;
        foreach (Mapping mapping in mappings)
        {
            if (!ModuleAddress.TryGetBias(module, mapping, out ulong bias))
                continue;
            homeless.RemoveAll(i =>
            {
                ulong address = Wanted(profile.Locations[i]);
                ulong virtualAddress = unchecked(address - bias);
                if (!ModuleAddress.IsCode(module, virtualAddress))
                    return false;
                result.Add((i, virtualAddress));
                return true;
            });
            return;
        }
    }

    private static bool IsBetween(List<Mapping> mappings, ulong address) =>
        address >= mappings.Min(m => m.Start) - (1UL << 32) && address < mappings.Max(m => m.Limit) + (1UL << 32);

    private static ulong Wanted(Location location) =>
        location.IsReturnAddress && location.Address > 0 ? location.Address - 1 : location.Address;

    private Mapping? FindMapping(ulong address)
    {
        int low = 0, high = profile.Mappings.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (profile.Mappings[middle].Start <= address)
                low = middle + 1;
            else
                high = middle;
        }

        return low > 0 && address < profile.Mappings[low - 1].Limit ? profile.Mappings[low - 1] : null;
    }
}
