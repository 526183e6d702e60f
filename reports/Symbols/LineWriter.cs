using System.Text;
using MemTools.Reports.Model;

namespace MemTools.Reports.Symbols;

/// <summary>Turns resolved frames into the model's lines; one <see cref="Function"/> and one string per distinct function and file.</summary>
internal sealed class LineWriter(Profile profile, SymbolStore store)
{
    private readonly Dictionary<int, Function> functions = [];
    private readonly Dictionary<int, string> files = [];
    private readonly Function unknown = new("", "", "");

    public void Fill(List<(int Location, ulong Address)> wanted, ResolvedAddresses resolved)
    {
        for (int i = 0; i < wanted.Count; i++)
        {
            ReadOnlySpan<ResolvedFrame> frames = resolved[i];
            // A line without a function (assembly without symbols) says less than module+offset and would merge unrelated code.
            if (frames.IsEmpty || frames.Length == 1 && frames[0].Function == 0 && frames[0].Line == 0)
                continue;
            var lines = new Line[frames.Length];
            for (int k = 0; k < lines.Length; k++)
                lines[k] = new Line(FunctionOf(frames[k].Function), FileOf(frames[k].File), frames[k].Line, frames[k].Column);
            profile.Locations[wanted[i].Location].Lines = lines;
        }
    }

    public void FillFrom(PerfMap jit, IEnumerable<(int Location, ulong Address)> wanted)
    {
        foreach ((int location, ulong address) in wanted)
        {
            if (jit.Find(address) is { } name)
                profile.Locations[location].Lines = [new Line(new Function(name, name, ""), "", 0)];
        }
    }

    private Function FunctionOf(int id)
    {
        if (id == 0)
            return unknown;
        if (!functions.TryGetValue(id, out Function? function))
        {
            function = new Function(
                WithoutVersion(Encoding.UTF8.GetString(store.FunctionName(id))), Encoding.UTF8.GetString(store.SystemName(id)),
                FileOf(store.DeclarationFile(id)), store.DeclarationLine(id));
            functions[id] = function;
        }

        return function;
    }

    /// <summary>Symbol tables of libraries write a name's version behind it (<c>__libc_start_main@GLIBC_2.2.5</c>, <c>@@</c> for the default one), which is no part of it.</summary>
    private static string WithoutVersion(string name)
    {
        int at = name.IndexOf('@', StringComparison.Ordinal);
        return at > 0 && at + 1 < name.Length && name.AsSpan(at).TrimStart('@') is [>= 'A' and <= 'Z', ..] ? name[..at] : name;
    }

    private string FileOf(int id)
    {
        if (!files.TryGetValue(id, out string? path))
            files[id] = path = Encoding.UTF8.GetString(store.FilePath(id));
        return path;
    }
}
