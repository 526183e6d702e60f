using MemTools.Reports.Model;

namespace MemTools.Reports.Graph;

/// <summary>Numbers the distinct nodes of a granularity.</summary>
internal sealed class NodeTable(Profile profile, ReportOptions options)
{
    private readonly Dictionary<NodeInfo, int> ids = new(NodeIdentity.Instance);

    private readonly Dictionary<string, string> shortNames = new(StringComparer.Ordinal);

    public List<NodeInfo> Nodes { get; } = [];

    /// <summary>The frame of a label's value.</summary>
    public int FrameOf(string text) => Number(new NodeInfo(text, "", 0, 0, ""));

    /// <summary>The frame of a line: its node's number, with <see cref="FrameTable.InlinedBit"/> where it was inlined.</summary>
    public int FrameOf(LineRef at)
    {
        Location location = profile.Locations[at.Location];
        NodeInfo info = Describe(location, at.Line);
        int id = Number(info);
        bool inlined = !options.NoInlines && at.Line >= 0 && at.Line < location.Lines.Length - 1;
        return inlined ? id | FrameTable.InlinedBit : id;
    }

    private int Number(NodeInfo info)
    {
        if (!ids.TryGetValue(info, out int id))
        {
            id = Nodes.Count;
            ids.Add(info, id);
            Nodes.Add(info);
        }

        return id;
    }

    private NodeInfo Describe(Location location, int line)
    {
        string module = location.MappingIndex >= 0 ? profile.Mappings[location.MappingIndex].Path : "";
        ulong address = options.Granularity == Granularity.Addresses ? location.Address : 0;
        if (line < 0)
            return new NodeInfo(options.Granularity == Granularity.Files ? "" : Unnamed(location), "", 0, address, module);
        Line at = location.Lines[line];
        string name = options.ShortNames ? Shortened(at.Function.Name) : at.Function.Name;
        string file = at.FileName.Length > 0 ? at.FileName : at.Function.FileName;
        return options.Granularity switch
        {
            Granularity.Functions => new NodeInfo(name, "", 0, 0, module),
            Granularity.FileFunctions => new NodeInfo(name, file, 0, 0, module),
            Granularity.Files => new NodeInfo("", file, 0, 0, module),
            _ => new NodeInfo(name, file, at.LineNumber, address, module),
        };
    }

    private string Shortened(string name)
    {
        if (!shortNames.TryGetValue(name, out string? known))
            shortNames.Add(name, known = ShortName.Of(name));
        return known;
    }

    /// <summary><c>module+0xoffset</c>; the bare address where no module is known. Offsets are of the file's load address.</summary>
    private string Unnamed(Location location)
    {
        if (location.MappingIndex < 0)
            return "0x" + location.Address.ToString("x", System.Globalization.CultureInfo.InvariantCulture);
        Mapping mapping = profile.Mappings[location.MappingIndex];
        ulong offset = location.Address - mapping.Start + mapping.FileOffset;
        return $"{Path.GetFileName(mapping.Path)}+0x{offset:x}";
    }

    /// <summary>Module is shown, not compared: a function that is in two modules is one node, as in pprof; nameless code is not.</summary>
    private sealed class NodeIdentity : IEqualityComparer<NodeInfo>
    {
        public static readonly NodeIdentity Instance = new();

        public bool Equals(NodeInfo? x, NodeInfo? y) => x!.Address == y!.Address && x.Line == y.Line && x.Name == y.Name && x.File == y.File
            && (x.Name.Length > 0 || x.File.Length > 0 || x.Module == y.Module);

        public int GetHashCode(NodeInfo obj) => HashCode.Combine(obj.Name, obj.File, obj.Line, obj.Address);
    }
}
