using System.Text.RegularExpressions;
using MemTools.Reports.Errors;
using MemTools.Reports.Model;

namespace MemTools.Reports.Graph;

/// <summary>
/// profile.proto's drop_frames and keep_frames: functions that a profile's writer found uninteresting go, with all that they call, as long as
/// a caller is left. Go's runtime hides its allocator that way.
/// </summary>
internal sealed class DroppedFrames
{
    private readonly Profile profile;
    private readonly Regex drop;
    private readonly Regex? keep;

    /// <summary>For each location the outermost line that goes, plus 2; 1 for none, 0 while not looked at.</summary>
    private readonly int[] known;

    private DroppedFrames(Profile profile, Regex drop)
    {
        this.profile = profile;
        this.drop = drop;
        keep = Whole(profile.KeepFrames);
        known = new int[profile.Locations.Count];
    }

    /// <summary>Null for profiles that name none.</summary>
    public static DroppedFrames? Of(Profile profile) => Whole(profile.DropFrames) is { } drop ? new DroppedFrames(profile, drop) : null;

    /// <summary>The innermost line of a location that stays; of a location that goes as a whole, all do where it cannot go.</summary>
    public int FirstLine(int location) => Outermost(location) is >= 0 and int line && line < profile.Locations[location].Lines.Length - 1 ? line + 1 : 0;

    /// <summary>The first frame that stays: looked for from the root, and not before a frame that nothing would be dropped from.</summary>
    public int FirstFrame(int[] locations)
    {
        bool callerLeft = false;
        for (int index = locations.Length - 1; index >= 0; index--)
        {
            int line = Outermost(locations[index]);
            if (line < 0)
                callerLeft = true;
            else if (callerLeft)
                return line == profile.Locations[locations[index]].Lines.Length - 1 ? index + 1 : index;
        }

        return 0;
    }

    /// <summary>The expression for whole names. One that cannot be used drops nothing: it is the profile's, not the user's.</summary>
    private static Regex? Whole(string? pattern)
    {
        try
        {
            return string.IsNullOrEmpty(pattern) ? null : Pattern.Compile($"^(?:{pattern})$", "drop_frames");
        }
        catch (MemToolsException)
        {
            return null;
        }
    }

    private int Outermost(int location)
    {
        if (known[location] == 0)
        {
            Line[] lines = profile.Locations[location].Lines;
            known[location] = 2 + Array.FindLastIndex(lines, line => line.Function.Name.Length > 0 && drop.IsMatch(line.Function.Name) && keep?.IsMatch(line.Function.Name) != true);
        }

        return known[location] - 2;
    }
}
