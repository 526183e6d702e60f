using System.Runtime.InteropServices;
using MemTools.Reports.Model;
using MemTools.Reports.Readers;

namespace MemTools.Reports.Leaks;

/// <summary>Makes a profile of the records of a text report. Without the file's mappings, names are those the text has.</summary>
internal static class HeapCheckTextProfile
{
    /// <param name="check">The text.</param>
    /// <param name="mappings">The mappings of the check's file, sorted by start; null for none.</param>
    public static Profile Of(HeapCheckResult check, List<Mapping>? mappings = null)
    {
        var finder = new MappingFinder(mappings ?? []);
        var locations = new List<Location>();
        var known = new Dictionary<HeapCheckFrame, int>();
        var samples = new List<Sample>();
        foreach (HeapCheckRecord record in check.Records)
        {
            int[] stack = new int[record.Frames.Count];
            for (int i = 0; i < stack.Length; i++)
            {
                HeapCheckFrame frame = record.Frames[i];
                ref int index = ref CollectionsMarshal.GetValueRefOrAddDefault(known, frame, out bool exists);
                if (!exists)
                {
                    index = locations.Count;
                    locations.Add(new Location
                    {
                        Address = frame.Address,
                        MappingIndex = finder.Find(frame.Address),
                        Lines = frame.Symbol is { } symbol ? [new Line(new Function(symbol, symbol, ""), "", 0)] : [],
                    });
                }

                stack[i] = index;
            }

            samples.Add(new Sample { Locations = stack, Values = [record.Objects, record.Bytes] });
        }

        return new Profile
        {
            SampleTypes = [new("objects", "count"), new("space", "bytes")],
            DefaultSampleType = "space",
            Samples = samples,
            Locations = locations,
            Mappings = mappings ?? [],
        };
    }
}
