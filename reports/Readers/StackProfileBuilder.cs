using System.Runtime.InteropServices;
using MemTools.Reports.Model;

namespace MemTools.Reports.Readers;

/// <summary>
/// Builds a profile of leaks from records whose frames may already be named. Equal stacks of one kind are added up; modules that an
/// engine names without a map become mappings of their own, so that the symbolizer can find them.
/// </summary>
internal sealed class StackProfileBuilder(bool returnAddresses)
{
    /// <summary>One for all samples of a kind: a report may have a million.</summary>
    private static readonly IReadOnlyDictionary<string, string>[] KindLabels =
        [.. Enum.GetValues<LeakKind>().Select(static kind => new Dictionary<string, string> { ["kind"] = kind.ToString() })];

    private readonly List<Location> locations = [];
    private readonly Dictionary<(ulong Address, string Module, string Lines), int> locationIndex = [];
    private readonly List<ModuleRange> modules = [];
    private readonly Dictionary<(string Path, ulong Base), int> moduleIndex = [];
    private readonly Dictionary<string, Function> functions = new(StringComparer.Ordinal);
    private readonly Dictionary<StackKey, Sample> samples = [];

    /// <summary>What the values of a record count; the last is shown unless asked otherwise.</summary>
    public IReadOnlyList<SampleType> SampleTypes { get; init; } = [new("objects", "count"), new("space", "bytes")];

    /// <summary>What the reader of the report must know.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>A module by its path and load base; <paramref name="fileOffset"/> is where in the file the base lies.</summary>
    public int Module(string path, ulong loadBase, ulong fileOffset = 0, string? buildId = null)
    {
        ref int index = ref CollectionsMarshal.GetValueRefOrAddDefault(moduleIndex, (path, loadBase), out bool exists);
        if (!exists)
        {
            index = modules.Count;
            modules.Add(new ModuleRange(path, loadBase, fileOffset, buildId));
        }

        return index;
    }

    /// <summary>A named or unnamed address. Lines are innermost first; empty to leave naming to the symbolizer.</summary>
    public int Location(ulong address, int module, params ReadOnlySpan<Line> lines)
    {
        string path = module >= 0 ? modules[module].Path : "";
        ref int index = ref CollectionsMarshal.GetValueRefOrAddDefault(locationIndex, (address, path, Key(lines)), out bool exists);
        if (!exists)
        {
            index = locations.Count;
            locations.Add(new Location { Address = address, IsReturnAddress = returnAddresses, MappingIndex = module, Lines = lines.ToArray() });
            if (module >= 0)
            {
                modules[module].Limit = Math.Max(modules[module].Limit, address + 1);
            }
        }

        return index;
    }

    /// <summary>Names a location where the symbolizer finds nothing better.</summary>
    public void SetFallback(int location, params Line[] lines) => Fallbacks[location] = lines;

    /// <summary>Names by location for after symbolization.</summary>
    public Dictionary<int, Line[]> Fallbacks { get; } = [];

    /// <summary>A source position; an empty name stands for a frame that nobody can name.</summary>
    public Line Line(string function, string file, int line, int column = 0)
    {
        string key = function + "\n" + file;
        if (!functions.TryGetValue(key, out Function? known))
        {
            functions[key] = known = new Function(function, function, file);
        }

        return new Line(known, file, line, column);
    }

    /// <summary>Adds a record of a leak: objects and bytes.</summary>
    public void Add(ReadOnlySpan<int> stack, LeakKind kind, long objects, long bytes) => Add(stack, kind, [objects, bytes]);

    /// <summary>Adds a record. Without a kind it is no leak, and has no such label.</summary>
    public void Add(ReadOnlySpan<int> stack, LeakKind? kind, ReadOnlySpan<long> values)
    {
        var key = new StackKey(stack.ToArray(), kind);
        if (!samples.TryGetValue(key, out Sample? sample))
        {
            sample = new Sample
            {
                Locations = key.Stack, Values = new long[values.Length], Labels = kind is null ? null : KindLabels[(int)kind.Value],
            };
            samples.Add(key, sample);
        }

        for (int column = 0; column < values.Length; column++)
            sample.Values[column] += values[column];
    }

    /// <summary>The profile. Mappings that were given only as module names span the addresses seen in them.</summary>
    public Profile Build()
    {
        int[] order = [.. Enumerable.Range(0, modules.Count).OrderBy(i => modules[i].Start)];
        int[] place = new int[modules.Count];
        for (int i = 0; i < order.Length; i++)
        {
            place[order[i]] = i;
        }

        var mappings = new List<Mapping>(modules.Count);
        foreach (int i in order)
        {
            ModuleRange module = modules[i];
            mappings.Add(new Mapping
            {
                Start = module.Start, Limit = Math.Max(module.Limit, module.Start + 1), FileOffset = module.FileOffset, Path = module.Path, BuildId = module.BuildId,
            });
        }

        return new Profile
        {
            SampleTypes = SampleTypes,
            DefaultSampleType = SampleTypes[^1].Type,
            Samples = [.. samples.Values],
            Locations =
            [
                .. locations.Select(l => new Location
                {
                    Address = l.Address, IsReturnAddress = l.IsReturnAddress, Lines = l.Lines, MappingIndex = l.MappingIndex < 0 ? -1 : place[l.MappingIndex],
                }),
            ],
            Mappings = mappings,
            Warnings = Warnings,
        };
    }

    private static string Key(ReadOnlySpan<Line> lines)
    {
        if (lines.IsEmpty)
        {
            return "";
        }

        var key = new System.Text.StringBuilder();
        foreach (Line line in lines)
        {
            key.Append(line.Function.Name).Append('\n').Append(line.FileName).Append(':').Append(line.LineNumber).Append(':').Append(line.Column).Append('\n');
        }

        return key.ToString();
    }

    private sealed class ModuleRange(string path, ulong start, ulong fileOffset, string? buildId)
    {
        public string Path { get; } = path;

        public ulong Start { get; } = start;

        public ulong FileOffset { get; } = fileOffset;

        public string? BuildId { get; } = buildId;

        public ulong Limit { get; set; }
    }

    private readonly struct StackKey(int[] stack, LeakKind? kind) : IEquatable<StackKey>
    {
        public int[] Stack { get; } = stack;

        private LeakKind? Kind { get; } = kind;

        public bool Equals(StackKey other) => Kind == other.Kind && Stack.AsSpan().SequenceEqual(other.Stack);

        public override bool Equals(object? obj) => obj is StackKey other && Equals(other);

        public override int GetHashCode()
        {
            var hash = default(HashCode);
            hash.Add(Kind);
            foreach (int location in Stack)
            {
                hash.Add(location);
            }

            return hash.ToHashCode();
        }
    }
}
