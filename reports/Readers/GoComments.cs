using System.Text;
using MemTools.Reports.Model;

namespace MemTools.Reports.Readers;

/// <summary>
/// The comments in Go's text profiles (debug=1): <c># 0xADDRESS name+0xOFFSET file:line</c>, tabs between, inlined functions first. They name
/// addresses where the program is not at hand.
/// </summary>
internal sealed class GoComments
{
    private const int MaxNames = 1 << 20;

    private readonly Dictionary<ulong, List<Line>> names = [];
    private readonly Dictionary<(string, string), Function> functions = [];
    private readonly HashSet<ulong> block = [];

    public bool IsEmpty => names.Count == 0;

    /// <summary>True for a comment. Any other line begins the next stack.</summary>
    public bool Take(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty || line[0] != '#')
        {
            if (block.Count > 0)
                block.Clear();
            return false;
        }

        ReadOnlySpan<byte> text = line[1..];
        ByteParser.SkipSpaces(ref text);
        if (!ByteParser.TryLiteral(ref text, "0x"u8) || !ByteParser.TryHex(ref text, out ulong address) || !ByteParser.SkipSpaces(ref text) || names.Count > MaxNames)
            return true;
        int tab = text.IndexOf((byte)'\t');
        ReadOnlySpan<byte> function = tab < 0 ? text : text[..tab];
        int plus = function.LastIndexOf("+0x"u8);
        (string file, int number) = Place(tab < 0 ? default : text[tab..].Trim(" \t"u8));
        Add(address, Encoding.UTF8.GetString(plus > 0 ? function[..plus] : function).Trim(), file, number);
        return true;
    }

    /// <summary>Names the locations that are named in comments.</summary>
    public void Apply(List<Location> locations)
    {
        if (IsEmpty)
            return;
        foreach (Location location in locations)
        {
            if (names.TryGetValue(location.Address, out List<Line>? lines))
                location.Lines = [.. lines];
        }
    }

    private void Add(ulong address, string name, string file, int line)
    {
        if (!names.TryGetValue(address, out List<Line>? lines))
            names.Add(address, lines = []);
        else if (!block.Contains(address))
            return; // named at an earlier stack
        block.Add(address);
        if (!functions.TryGetValue((name, file), out Function? function))
            functions.Add((name, file), function = new Function(name, name, file));
        lines.Add(new Line(function, file, line));
    }

    private static (string File, int Line) Place(ReadOnlySpan<byte> text)
    {
        int colon = text.LastIndexOf((byte)':');
        return colon > 0 && int.TryParse(text[(colon + 1)..], out int line) ? (Encoding.UTF8.GetString(text[..colon]), line) : (Encoding.UTF8.GetString(text), 0);
    }
}
