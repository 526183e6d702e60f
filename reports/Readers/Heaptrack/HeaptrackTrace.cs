using System.Text;
using MemTools.Reports.Errors;
using MemTools.Reports.Model;

namespace MemTools.Reports.Readers;

/// <summary>The tables and the live memory of a heaptrack file as its lines come.</summary>
internal sealed class HeaptrackTrace(string name)
{
    private const ulong NewestFileVersion = 3;
    private const int MaxDepth = 4096;

    private readonly List<string> strings = [];
    private readonly List<Ip> ips = [];
    private readonly List<(int Ip, int Parent)> traces = [];
    private readonly HeaptrackCosts kinds = new();
    private readonly Dictionary<(long, int), int> kindIndex = [];
    private readonly Dictionary<ulong, int> livePointers = [];
    private readonly Dictionary<ulong, int> rawIps = [];
    private readonly List<(ulong Start, ulong Limit, int Module)> rawModules = [];
    private readonly List<(string Path, ulong Base)> rawModuleNames = [];
    private readonly List<string> warnings = [];
    private ulong fileVersion = NewestFileVersion;
    private string executable = "";
    private string? command;
    private bool isRaw;
    private bool attached;
    private long events;
    private int lastFreed = -1;

    private sealed record Ip(ulong Address, int Module, (int Function, int File, int Line)[] Frames, (string Path, ulong Base)? Raw);

    public void WarnCut(long line) => warnings.Add($"The file ends in the middle of line {line}: the process was killed or the file is truncated.");

    public bool Take(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty || line[0] == '#')
        {
            return true;
        }

        byte mode = line[0];
        ReadOnlySpan<byte> rest = line[1..];
        ByteParser.SkipSpaces(ref rest);
        return mode switch
        {
            (byte)'v' => TakeVersion(rest),
            (byte)'X' => TakeCommand(rest),
            (byte)'x' => TakeExecutable(rest),
            (byte)'s' => TakeString(rest),
            (byte)'i' => TakeIp(rest),
            (byte)'t' => TakeTrace(rest),
            (byte)'a' => TakeKind(rest),
            (byte)'+' => TakeAllocation(rest),
            (byte)'-' => TakeFree(rest),
            (byte)'m' => TakeModule(rest),
            (byte)'A' => attached = true,
            (byte)'c' => TakeMoment(rest),
            (byte)'R' or (byte)'I' or (byte)'S' => true,
            _ => false,
        };
    }

    /// <summary>What the process left behind.</summary>
    public EngineLeaks Complete()
    {
        var builder = new StackProfileBuilder(returnAddresses: false);
        Fill(builder, kind => kinds.Live(kind) > 0, LeakKind.StillLive, kind => [kinds.Live(kind), kinds.Live(kind) * kinds.Size(kind)]);
        return new EngineLeaks
        {
            Engine = "heaptrack",
            FilePath = command is null ? null : command.Split(' ')[0],
            Profile = builder.Build(),
            IsComplete = EndsInOrder(),
            Failure = events == 0 ? "heaptrack recorded no allocation: the process crashed or left by _exit before heaptrack wrote its data, or could not be instrumented" : null,
        };
    }

    /// <summary>All that the process allocated, what was live at the peak, and what was left at the end.</summary>
    public Profile ToProfile()
    {
        var builder = new StackProfileBuilder(returnAddresses: false)
        {
            SampleTypes = [new("alloc_objects", "count"), new("alloc_space", "bytes"), new("peak_space", "bytes"), new("inuse_objects", "count"), new("inuse_space", "bytes")],
        };
        Fill(builder, kind => kinds.Allocated(kind) > 0, null, kind =>
        [
            kinds.Allocated(kind), kinds.Allocated(kind) * kinds.Size(kind), kinds.AtPeak(kind) * kinds.Size(kind), Math.Max(0, kinds.Live(kind)), Math.Max(0, kinds.Live(kind)) * kinds.Size(kind),
        ]);
        Profile profile = builder.Build();
        profile.History.AddRange(kinds.History);
        return profile;
    }

    private void Fill(StackProfileBuilder builder, Func<int, bool> wanted, LeakKind? kindOfLeak, Func<int, long[]> values)
    {
        int[] locations = new int[ips.Count];
        Array.Fill(locations, -1);
        for (int kind = 0; kind < kinds.Count; kind++)
        {
            if (wanted(kind))
                builder.Add(Stack(kinds.Trace(kind), locations, builder), kindOfLeak, values(kind));
        }

        builder.Warnings.AddRange(warnings);
        if (attached)
            builder.Warnings.Add("heaptrack was attached to a running process: what was allocated before is not known.");
    }

    /// <summary>
    /// heaptrack's exit handler has the C++ runtime give back its emergency pool, the first block of every process. When that is the last event, the exit
    /// handlers ran.
    /// </summary>
    private bool EndsInOrder()
    {
        if (lastFreed < 0 || kinds.Trace(lastFreed) <= 0)
        {
            return false;
        }

        int ip = traces[kinds.Trace(lastFreed) - 1].Ip;
        string module = ip < 0 ? "" : ips[ip].Raw?.Path ?? Text(ips[ip].Module);
        return Path.GetFileName(module.AsSpan()).StartsWith("libstdc++.so") || Path.GetFileName(module.AsSpan()).StartsWith("libc++abi.so");
    }

    private bool TakeVersion(ReadOnlySpan<byte> rest)
    {
        if (!ByteParser.TryHex(ref rest, out ulong version))
        {
            return false;
        }

        ByteParser.SkipSpaces(ref rest);

        // Before 1.0 the version of the program stood for that of the file.
        fileVersion = ByteParser.TryHex(ref rest, out ulong file) ? file : version == 0x10200 ? 1 : 0UL;
        if (fileVersion > NewestFileVersion)
        {
            throw new MemToolsException(
                "ReportVersionUnsupported", MemToolsErrorCategory.InvalidData,
                $"{name} has heaptrack's file version {fileVersion}; this MemTools reads up to {NewestFileVersion}.", name, "Update MemTools.");
        }

        return true;
    }

    private bool TakeCommand(ReadOnlySpan<byte> rest)
    {
        command = Encoding.UTF8.GetString(rest);
        return true;
    }

    private bool TakeExecutable(ReadOnlySpan<byte> rest)
    {
        isRaw = true;
        return TryString(ref rest, out executable);
    }

    private bool TakeString(ReadOnlySpan<byte> rest)
    {
        if (!TryString(ref rest, out string text))
        {
            return false;
        }

        strings.Add(text);
        return true;
    }

    private bool TryString(ref ReadOnlySpan<byte> rest, out string text)
    {
        text = "";
        if (fileVersion >= 3)
        {
            if (!ByteParser.TryHex(ref rest, out ulong length))
            {
                return false;
            }

            ByteParser.TryByte(ref rest, (byte)' ');
            if (length > (ulong)rest.Length)
            {
                return false;
            }

            text = Encoding.UTF8.GetString(rest[..(int)length]);
            rest = rest[(int)length..];
            return true;
        }

        text = Encoding.UTF8.GetString(isRaw ? ByteParser.Word(ref rest) : rest);
        return true;
    }

    private bool TakeIp(ReadOnlySpan<byte> rest)
    {
        if (!Number(ref rest, out ulong address))
        {
            return false;
        }

        int module = Index(ref rest, strings.Count, out bool ok);
        var frames = new List<(int, int, int)>();
        while (ok && !rest.IsEmpty)
        {
            int function = Index(ref rest, strings.Count, out ok);
            if (ok && rest.IsEmpty)
            {
                // A function without line information stands alone.
                frames.Add((function, 0, 0));
                break;
            }

            int file = ok ? Index(ref rest, strings.Count, out ok) : 0;
            if (!ok || !Number(ref rest, out ulong line))
            {
                return false;
            }

            frames.Add((function, file, (int)Math.Min(line, int.MaxValue)));
        }

        ips.Add(new Ip(address, module, [.. frames], null));
        return ok;
    }

    private bool TakeTrace(ReadOnlySpan<byte> rest)
    {
        if (isRaw)
        {
            if (!Number(ref rest, out ulong address))
            {
                return false;
            }

            int parentOfRaw = Index(ref rest, traces.Count, out bool fine);
            traces.Add((RawIp(address), parentOfRaw));
            return fine;
        }

        int ip = Index(ref rest, ips.Count, out bool ok);
        int parent = ok ? Index(ref rest, traces.Count, out ok) : 0;
        traces.Add((ip - 1, parent));
        return ok;
    }

    private bool TakeKind(ReadOnlySpan<byte> rest)
    {
        if (!Number(ref rest, out ulong size) || size > long.MaxValue)
        {
            return false;
        }

        int trace = Index(ref rest, traces.Count, out bool ok);
        kinds.Add((long)size, trace);
        return ok;
    }

    private bool TakeAllocation(ReadOnlySpan<byte> rest)
    {
        events++;
        lastFreed = -1;
        if (!isRaw && fileVersion >= 1)
        {
            int kind = Index(ref rest, kinds.Count - 1, out bool ok);
            if (ok)
            {
                kinds.Allocate(kind);
            }

            return ok;
        }

        if (!Number(ref rest, out ulong size) || size > long.MaxValue)
        {
            return false;
        }

        int trace = Index(ref rest, traces.Count, out bool fine);
        if (!fine || !Number(ref rest, out ulong pointer))
        {
            return false;
        }

        if (!kindIndex.TryGetValue(((long)size, trace), out int index))
        {
            kindIndex[((long)size, trace)] = index = kinds.Count;
            kinds.Add((long)size, trace);
        }

        livePointers[pointer] = index;
        kinds.Allocate(index);
        return true;
    }

    private bool TakeMoment(ReadOnlySpan<byte> rest)
    {
        if (Number(ref rest, out ulong milliseconds))
        {
            kinds.Moment(milliseconds);
        }

        return true;
    }

    private bool TakeFree(ReadOnlySpan<byte> rest)
    {
        if (!isRaw && fileVersion >= 1)
        {
            int kind = Index(ref rest, kinds.Count - 1, out bool ok);
            if (ok)
            {
                kinds.Free(kind);
                lastFreed = kind;
            }

            return ok;
        }

        if (!Number(ref rest, out ulong pointer))
        {
            return false;
        }

        if (livePointers.Remove(pointer, out int freed))
        {
            kinds.Free(freed);
            lastFreed = freed;
        }

        return true;
    }

    /// <summary>"m LENGTH NAME BASE (ADDRESS SIZE)*"; the name "-" begins a new list, "x" is the executable.</summary>
    private bool TakeModule(ReadOnlySpan<byte> rest)
    {
        isRaw = true;
        if (!TryString(ref rest, out string path))
        {
            return false;
        }

        if (path == "-")
        {
            rawModules.Clear();
            rawIps.Clear();
            return true;
        }

        ByteParser.SkipSpaces(ref rest);
        if (!Number(ref rest, out ulong start))
        {
            return false;
        }

        int module = rawModuleNames.Count;
        ulong? first = null;
        while (!rest.IsEmpty)
        {
            if (!Number(ref rest, out ulong address) || !Number(ref rest, out ulong size))
            {
                return false;
            }

            first = Math.Min(first ?? ulong.MaxValue, start + address);
            rawModules.Add((start + address, start + address + size, module));
        }

        // The file begins where its first segment does: at the base, or at a fixed address with a base of 0.
        rawModuleNames.Add((path == "x" ? executable : path, (first ?? start) & ~0xfffUL));
        return true;
    }

    private int RawIp(ulong address)
    {
        if (!rawIps.TryGetValue(address, out int index))
        {
            rawIps[address] = index = ips.Count;
            (ulong Start, ulong Limit, int Module) found = rawModules.Find(m => address >= m.Start && address < m.Limit);
            ips.Add(new Ip(address, 0, [], found.Limit == 0 ? null : rawModuleNames[found.Module]));
        }

        return index;
    }

    private int[] Stack(int trace, int[] locations, StackProfileBuilder builder)
    {
        var stack = new List<int>();
        while (trace > 0 && stack.Count < MaxDepth)
        {
            (int ip, int parent) = traces[trace - 1];
            if (ip >= 0)
            {
                stack.Add(locations[ip] >= 0 ? locations[ip] : locations[ip] = Location(ips[ip], builder));
            }

            trace = parent;
        }

        return [.. stack];
    }

    private int Location(Ip ip, StackProfileBuilder builder)
    {
        if (ip.Raw is { } raw)
        {
            return builder.Location(ip.Address, builder.Module(raw.Path, raw.Base));
        }

        int module = ip.Module > 0 ? builder.Module(Text(ip.Module), 0) : -1;
        Line[] lines = [.. ip.Frames.Select(f => builder.Line(Text(f.Function), Text(f.File), f.Line))];

        // Without a base an unnamed address of an interpreted file cannot be named; the empty line says so to the symbolizer.
        return builder.Location(ip.Address, module, lines.Length > 0 || module < 0 ? lines : [builder.Line("", "", 0)]);
    }

    private string Text(int index) => index > 0 && index <= strings.Count ? strings[index - 1] : "";

    private static bool Number(ref ReadOnlySpan<byte> rest, out ulong value)
    {
        bool ok = ByteParser.TryHex(ref rest, out value);
        ByteParser.SkipSpaces(ref rest);
        return ok;
    }

    /// <summary>A number from 0 to the limit.</summary>
    private static int Index(ref ReadOnlySpan<byte> rest, int limit, out bool ok)
    {
        ok = Number(ref rest, out ulong value) && limit >= 0 && value <= (ulong)limit;
        return ok ? (int)value : 0;
    }
}
