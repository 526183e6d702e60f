using System.Buffers;
using MemTools.Reports.Model;

namespace MemTools.Reports.Leaks;

/// <summary>Makes leak records of a symbolized profile: one per distinct stack and kind, most bytes first.</summary>
internal sealed class LeakRecordBuilder
{
    private readonly Profile profile;
    private readonly PlacedFrames?[] places;
    private readonly ulong[] bases;
    private readonly ArrayBufferWriter<byte> print = new();
    private readonly int objectsColumn;
    private readonly int bytesColumn;

    public LeakRecordBuilder(Profile profile)
    {
        this.profile = profile;
        places = new PlacedFrames[profile.Locations.Count];
        bases = [.. profile.Mappings.Select(LoadBase)];
        objectsColumn = Column("inuse_objects", "objects");
        bytesColumn = Column("inuse_space", "space");
    }

    /// <summary>Objects and bytes over all samples.</summary>
    public (long Objects, long Bytes) Totals()
    {
        long objects = 0;
        long bytes = 0;
        foreach (Sample sample in profile.Samples)
        {
            objects += sample.Values[objectsColumn];
            bytes += sample.Values[bytesColumn];
        }

        return (objects, bytes);
    }

    /// <summary>The records, sorted by bytes, then objects (most first), then fingerprint.</summary>
    public IReadOnlyList<LeakRecord> Build(LeakKind defaultKind, IProgress<ProgressStep>? progress, CancellationToken cancellation)
    {
        var records = new List<LeakRecord>(profile.Samples.Count);
        for (int i = 0; i < profile.Samples.Count; i++)
        {
            if ((i & 0xfff) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                if ((i & 0xffff) == 0 && i > 0)
                    progress?.Report(new ProgressStep("Making records", (double)i / profile.Samples.Count));
            }

            Sample sample = profile.Samples[i];
            if (sample.Values[objectsColumn] != 0 || sample.Values[bytesColumn] != 0)
                records.Add(Record(sample, defaultKind));
        }

        records.Sort(static (a, b) =>
        {
            int order = b.Bytes.CompareTo(a.Bytes);
            order = order != 0 ? order : b.Objects.CompareTo(a.Objects);
            return order != 0 ? order : string.CompareOrdinal(a.Fingerprint, b.Fingerprint);
        });
        return records;
    }

    private int Column(string preferred, string other)
    {
        for (int i = 0; i < profile.SampleTypes.Count; i++)
        {
            if (profile.SampleTypes[i].Type == preferred || profile.SampleTypes[i].Type == other)
            {
                return i;
            }
        }

        throw new InvalidOperationException($"A leak profile has no column {other}.");
    }

    private LeakRecord Record(Sample sample, LeakKind defaultKind)
    {
        PlacedFrames? own = null;
        PlacedFrames? runtime = null;
        int count = 0;
        print.Clear();
        foreach (int location in sample.Locations)
        {
            PlacedFrames place = places[location] ??= new PlacedFrames(Frames(profile.Locations[location]));
            count += place.Frames.Length;
            own = own is null && place.Own is not null ? place : own;
            runtime = runtime is null && place.Runtime is not null ? place : runtime;
            print.Write(place.OwnPrint);
        }

        var stack = new StackFrame[count];
        int at = 0;
        bool isForeign = print.WrittenCount == 0;
        foreach (int location in sample.Locations)
        {
            PlacedFrames place = places[location]!;
            place.Frames.CopyTo(stack, at);
            at += place.Frames.Length;
            if (isForeign)
                print.Write(place.WholePrint);
        }

        StackFrame? innermost = own?.Own ?? runtime?.Runtime ?? (count > 0 ? stack[0] : null);
        return new LeakRecord
        {
            Bytes = sample.Values[bytesColumn],
            Objects = sample.Values[objectsColumn],
            Function = innermost?.Function,
            Location = own is not null ? own.OwnLocation : innermost?.SourceLocation,
            Module = innermost is { Module.Length: > 0 } ? innermost.Module : null,
            Kind = sample.Labels is not null && sample.Labels.TryGetValue("kind", out string? kind) && Enum.TryParse(kind, out LeakKind parsed) ? parsed : defaultKind,
            Stack = stack,
            Fingerprint = LeakFingerprint.Of(print.WrittenSpan),
        };
    }

    private StackFrame[] Frames(Location location)
    {
        Mapping? mapping = location.MappingIndex >= 0 ? profile.Mappings[location.MappingIndex] : null;
        var bare = new StackFrame
        {
            Address = location.Address,
            Module = mapping?.Path ?? "",
            BuildId = mapping?.BuildId,
            Offset = mapping is null ? 0 : location.Address - bases[location.MappingIndex],
        };
        if (location.Lines.Length == 0)
        {
            return [bare];
        }

        var expanded = new StackFrame[location.Lines.Length];
        for (int i = 0; i < expanded.Length; i++)
        {
            Line line = location.Lines[i];
            string file = line.FileName.Length > 0 ? line.FileName : line.Function.FileName;
            expanded[i] = bare with
            {
                Function = line.Function.Name.Length > 0 ? line.Function.Name : null,
                File = file.Length > 0 ? file : null,
                Line = line.LineNumber,
                Column = line.Column,
                IsInlined = i < expanded.Length - 1,
            };
        }

        return expanded;
    }

    /// <summary>Where the module was loaded: the start of its mapping of file offset 0, or what the range itself implies.</summary>
    private ulong LoadBase(Mapping mapping)
    {
        ulong best = mapping.Start - Math.Min(mapping.FileOffset, mapping.Start);
        if (mapping.Path.Length == 0)
        {
            return best;
        }

        ulong? start = null;
        foreach (Mapping other in profile.Mappings)
        {
            if (other.Start > mapping.Start)
            {
                break;
            }

            if (other.FileOffset == 0 && other.Path == mapping.Path)
            {
                start = other.Start;
            }
        }

        return start ?? best;
    }
}
