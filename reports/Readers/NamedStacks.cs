using MemTools.Reports.Model;

namespace MemTools.Reports.Readers;

/// <summary>Collects stacks of formats that come with names, each frame and function once.</summary>
internal sealed class NamedStacks
{
    private readonly Dictionary<(string Function, string File, int Line, string Module, ulong Address), int> ids = [];
    private readonly Dictionary<(string, string), Function> functions = [];
    private readonly Dictionary<string, int> modules = new(StringComparer.Ordinal);

    public List<Location> Locations { get; } = [];

    public List<Mapping> Mappings { get; } = [];

    public List<Sample> Samples { get; } = [];

    /// <summary>The number of a frame.</summary>
    public int Frame(string function, string file, int line, string module = "", ulong address = 0)
    {
        (string, string, int, string, ulong) key = (function, file, line, module, address);
        if (ids.TryGetValue(key, out int id))
            return id;
        if (!functions.TryGetValue((function, file), out Function? known))
        {
            known = new Function(function, function, file);
            functions.Add((function, file), known);
        }

        id = Locations.Count;
        ids.Add(key, id);
        Locations.Add(new Location
        {
            Address = address, IsReturnAddress = false, MappingIndex = module.Length == 0 ? -1 : Module(module), Lines = function.Length == 0 ? [] : [new Line(known, file, line)],
        });
        return id;
    }

    public Profile ToProfile(IReadOnlyList<SampleType> types, List<string>? warnings = null, string? shown = null) => new()
    {
        SampleTypes = types, Samples = Samples, Locations = Locations, Mappings = Mappings, Warnings = warnings ?? [], DefaultSampleType = shown,
    };

    private int Module(string path)
    {
        if (!modules.TryGetValue(path, out int index))
        {
            index = Mappings.Count;
            modules.Add(path, index);
            Mappings.Add(new Mapping { Path = path });
        }

        return index;
    }
}
