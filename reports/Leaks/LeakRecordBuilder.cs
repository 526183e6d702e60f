using System.Buffers;
using MemTools.Reports.Model;

namespace MemTools.Reports.Leaks;

/// <summary>Makes leak records of a symbolized profile: one per distinct stack and kind, most bytes first.</summary>
internal sealed class LeakRecordBuilder
{
    /// <summary>Samples between two reports of progress.</summary>
    private const int Block = 1 << 16;

    /// <summary>Samples that one thread takes at a time.</summary>
    private const int Part = 1 << 11;

    private readonly Profile profile;
    private readonly PlacedFrames?[] places;
    private readonly ulong[] bases;
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
        for (int done = 0; done < profile.Samples.Count; done += Block)
        {
            if (done > 0)
                progress?.Report(new ProgressStep("Making records", (double)done / profile.Samples.Count));
            Add(records, done, Math.Min(Block, profile.Samples.Count - done), defaultKind, cancellation);
        }

        records.Sort(static (a, b) =>
        {
            int order = b.Bytes.CompareTo(a.Bytes);
            order = order != 0 ? order : b.Objects.CompareTo(a.Objects);
            return order != 0 ? order : string.CompareOrdinal(a.Fingerprint, b.Fingerprint);
        });
        return records;
    }

    /// <summary>Makes the records of some samples, many at once where there are many: the hash of a long stack is most of the work.</summary>
    private void Add(List<LeakRecord> records, int first, int count, LeakKind defaultKind, CancellationToken cancellation)
    {
        for (int i = first; i < first + count; i++)
        {
            foreach (int location in profile.Samples[i].Locations)
                places[location] ??= new PlacedFrames(Frames(profile.Locations[location]));
        }

        var made = new LeakRecord?[count];
        int parts = (count + Part - 1) / Part;
        Parallel.For(0, parts, new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = parts == 1 ? 1 : Environment.ProcessorCount }, part =>
        {
            var print = new ArrayBufferWriter<byte>();
            for (int i = part * Part; i < Math.Min(count, (part + 1) * Part); i++)
            {
                Sample sample = profile.Samples[first + i];
                if (sample.Values[objectsColumn] != 0 || sample.Values[bytesColumn] != 0)
                    made[i] = Record(sample, defaultKind, print);
            }
        });
        foreach (LeakRecord? record in made)
        {
            if (record is not null)
                records.Add(record);
        }
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

    private LeakRecord Record(Sample sample, LeakKind defaultKind, ArrayBufferWriter<byte> print)
    {
        PlacedFrames? own = null;
        PlacedFrames? runtime = null;
        int count = 0;
        print.Clear();
        foreach (int location in sample.Locations)
        {
            PlacedFrames place = places[location]!;
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
