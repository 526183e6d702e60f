using MemTools.Reports.Model;

namespace MemTools.Reports.Readers;

/// <summary>A frame line that was read, and the location that it stands for where it stands alone; -1 until that is known.</summary>
internal sealed class LeakSanitizerPlace(LeakSanitizerFrame frame)
{
    public LeakSanitizerFrame Frame { get; } = frame;

    public int Location { get; set; } = -1;
}

/// <summary>The frames of one report. Its stacks have many lines over few places, so that each distinct text is only taken apart once.</summary>
internal sealed class LeakSanitizerFrames
{
    /// <summary>Distinct lines that are remembered; further ones are read each time.</summary>
    private const int Limit = 1 << 20;

    private readonly Dictionary<byte[], LeakSanitizerPlace>.AlternateLookup<ReadOnlySpan<byte>> known = ByteKeys.Table<LeakSanitizerPlace>();

    private readonly List<int> locations = [];

    /// <summary>Reads a line of a stack; false when it is none.</summary>
    public bool TryTake(ReadOnlySpan<byte> line, out LeakSanitizerPlace place)
    {
        place = null!;
        if (!LeakSanitizerFrame.TryNumber(ref line, out bool isText))
        {
            return false;
        }

        if (known.TryGetValue(line, out LeakSanitizerPlace? found))
        {
            place = found;
            return true;
        }

        if (!LeakSanitizerFrame.TryParse(line, isText, out LeakSanitizerFrame frame))
        {
            return false;
        }

        place = new LeakSanitizerPlace(frame);
        if (known.Dictionary.Count < Limit)
        {
            known[line] = place;
        }

        return true;
    }

    /// <summary>Makes locations; consecutive frames of one address are inlined calls of one location.</summary>
    public ReadOnlySpan<int> ToLocations(List<LeakSanitizerPlace> frames, StackProfileBuilder builder)
    {
        locations.Clear();
        for (int i = 0; i < frames.Count;)
        {
            LeakSanitizerFrame first = frames[i].Frame;
            int end = i + 1;
            while (end < frames.Count && first.Address != 0 && first.Function.Length > 0 && frames[end].Frame.Address == first.Address)
            {
                end++;
            }

            if (end > i + 1)
            {
                locations.Add(Make(frames, i, end, builder));
            }
            else
            {
                if (frames[i].Location < 0)
                {
                    frames[i].Location = Make(frames, i, end, builder);
                }

                locations.Add(frames[i].Location);
            }

            i = end;
        }

        return System.Runtime.InteropServices.CollectionsMarshal.AsSpan(locations);
    }

    private static int Make(List<LeakSanitizerPlace> frames, int from, int to, StackProfileBuilder builder)
    {
        Line[] lines = frames[from].Frame.Function.Length == 0
            ? []
            : [.. frames.GetRange(from, to - from).Select(p => builder.Line(p.Frame.Function, p.Frame.File, p.Frame.Line, p.Frame.Column))];
        LeakSanitizerFrame last = frames[to - 1].Frame;
        return builder.Location(last.Address, last.ModuleIndex(builder), lines);
    }
}
