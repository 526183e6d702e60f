using MemTools.Reports;
using MemTools.Reports.Model;
using MemTools.Reports.Readers;

namespace MemTools.IntegrationTests.Symbols;

/// <summary>The corpus of real leak reports.</summary>
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
        using FileStream stream = File.OpenRead(path);
        return HeapFileReader.Read(stream, path, CancellationToken.None);
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
