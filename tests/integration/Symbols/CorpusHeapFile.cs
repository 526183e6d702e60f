using System.Globalization;
using MemTools.Reports;
using MemTools.Reports.Model;

namespace MemTools.IntegrationTests.Symbols;

/// <summary>The corpus of real leak reports, and the smallest reader of its <c>.heap</c> files that a test of names needs.</summary>
internal static class CorpusHeapFile
{
    private const string RecordedRoot = "/srv/memtool/corpus";

    /// <summary>The folder with the corpus; null when it is not here.</summary>
    public static string? Root
    {
        get
        {
            string? shared = Environment.GetEnvironmentVariable("MEMTOOLS_SHARED");
            for (var folder = new DirectoryInfo(AppContext.BaseDirectory); shared is null && folder is not null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, "MemTools.slnx")))
                    shared = Path.Combine(folder.Parent!.FullName, "shared");
            }

            string corpus = Path.Combine(shared ?? "/nonexistent", "corpus");
            return Directory.Exists(corpus) ? corpus : null;
        }
    }

    /// <summary>Files of the recorded programs, wherever the corpus lies; nothing else of the machine it was recorded on.</summary>
    public static IFileSource Files => new Relocated(Root!);

    public static Profile Read(string path)
    {
        var profile = new Profile
        {
            SampleTypes = [new SampleType("objects", "count"), new SampleType("space", "bytes")], Samples = [], Locations = [], Mappings = [],
        };
        var known = new Dictionary<ulong, int>();
        bool maps = false;
        foreach (string line in File.ReadLines(path))
        {
            if (line.StartsWith("MAPPED_LIBRARIES", StringComparison.Ordinal))
                maps = true;
            else if (maps)
                AddMapping(profile, line);
            else if (line.IndexOf(" @ 0x", StringComparison.Ordinal) is > 0 and var at && !line.StartsWith("heap profile", StringComparison.Ordinal))
                profile.Samples.Add(ReadSample(line, at, profile, known));
        }

        return profile;
    }

    private static Sample ReadSample(string line, int at, Profile profile, Dictionary<ulong, int> known)
    {
        string[] counts = line[..line.IndexOf('[')].Split([' ', ':'], StringSplitOptions.RemoveEmptyEntries);
        var locations = new List<int>();
        foreach (string hex in line[(at + 3)..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            ulong address = ulong.Parse(hex.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (!known.TryGetValue(address, out int index))
            {
                known[address] = index = profile.Locations.Count;
                profile.Locations.Add(new Location { Address = address });
            }

            locations.Add(index);
        }

        return new Sample { Locations = [.. locations], Values = [long.Parse(counts[0], CultureInfo.InvariantCulture), long.Parse(counts[1], CultureInfo.InvariantCulture)] };
    }

    private static void AddMapping(Profile profile, string line)
    {
        string[] parts = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 5)
            return;
        string[] range = parts[0].Split('-');
        profile.Mappings.Add(new Mapping
        {
            Start = ulong.Parse(range[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture),
            Limit = ulong.Parse(range[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture),
            FileOffset = ulong.Parse(parts[2], NumberStyles.HexNumber, CultureInfo.InvariantCulture),
            IsExecutable = parts[1].Contains('x'),
            Path = parts.Length > 5 ? parts[5].Trim() : "",
        });
    }

    private sealed class Relocated(string root) : IFileSource
    {
        public bool Exists(string path) => Fetch(path, CancellationToken.None) is not null;

        public string? Fetch(string path, CancellationToken cancellation)
        {
            if (!path.StartsWith(RecordedRoot, StringComparison.Ordinal))
                return null;
            string here = root + path[RecordedRoot.Length..];
            return File.Exists(here) ? here : null;
        }
    }
}
