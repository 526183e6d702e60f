using MemTools.Reports.Model;

namespace MemTools.Reports.Readers;

/// <summary>One frame of a valgrind stack; absent parts are null or 0.</summary>
internal readonly record struct ValgrindFrame(ulong Address, string? Module, string? Function, string? Directory, string? File, int Line)
{
    /// <summary>Where valgrind loads a position-independent program (measured with 3.19 on amd64: offset 0x124b appears at 0x10924b).</summary>
    private const ulong ProgramBase = 0x108000;

    /// <summary>Start of the text segment of programs that are not position-independent.</summary>
    private const ulong FixedLoadAddress = 0x400000;

    private string Path => File is null ? "" : string.IsNullOrEmpty(Directory) ? File : Directory + "/" + File;

    /// <summary>Makes locations; consecutive frames of one address are inlined calls of one location.</summary>
    public static int[] ToLocations(List<ValgrindFrame> frames, StackProfileBuilder builder)
    {
        var locations = new List<int>(frames.Count);
        for (int i = 0; i < frames.Count;)
        {
            int end = i + 1;
            while (end < frames.Count && frames[end].Address == frames[i].Address && frames[i].Address != 0)
            {
                end++;
            }

            Line[] lines = [.. frames.GetRange(i, end - i).Where(f => f.Function is not null).Select(f => builder.Line(f.Function!, f.Path, f.Line))];
            ValgrindFrame outer = frames[end - 1];
            locations.Add(outer.ToLocation(builder, lines));
            i = end;
        }

        return [.. locations];
    }

    /// <summary>
    /// valgrind does not say where a module was loaded. The main program's base is known, so its unnamed frames can still be named;
    /// other unnamed frames get an empty line, because naming them by a guessed base would name them wrongly.
    /// </summary>
    private int ToLocation(StackProfileBuilder builder, Line[] lines)
    {
        if (Module is null)
        {
            return builder.Location(Address, -1, lines);
        }

        bool isProgram = !Module.Contains(".so", StringComparison.Ordinal) && Address >= ProgramBase && Address < 0x4000000;
        ulong start = !isProgram ? 0 : Address >= FixedLoadAddress ? FixedLoadAddress : ProgramBase;
        if (lines.Length == 0 && !isProgram)
        {
            lines = [builder.Line("", "", 0)];
        }

        return builder.Location(Address, builder.Module(Module, start), lines);
    }
}
