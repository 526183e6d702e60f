using System.Management.Automation;
using System.Text;
using MemTools.Allocators.Launch;
using MemTools.Containers;
using MemTools.Reports;
using MemTools.Reports.Errors;
using MemTools.Reports.Leaks;
using MemTools.Reports.Model;
using MemTools.Reports.Symbols;

namespace MemTools.Commands;

/// <summary>Reads leak reports for a cmdlet: of runs, files, text, or of whatever object stands for them.</summary>
internal sealed class LeakReportReader(MemToolsCmdlet cmdlet, SymbolizeOptions symbols)
{
    /// <summary>Reports of a run, which is waited for when it still runs.</summary>
    public IReadOnlyList<LeakReport> ReadRun(RunStore store, AllocatorRun run)
    {
        if (!run.IsFinished)
            cmdlet.WriteVerbose($"Waiting for run {run.Id} ({run.FilePath}, process {run.ProcessId}).");
        return cmdlet.Await(async token =>
        {
            var ended = await store.WaitAsync(run.Id, null, token).ConfigureAwait(false);
            return RunReports.Read(ended, symbols, RunFileSource.Of(ended), cmdlet.Progress(), token);
        });
    }

    /// <summary>Reports of files read together, because an engine's file and its text are one report. A bad file is an error of its own.</summary>
    public IReadOnlyList<LeakReport> ReadFiles(List<string> paths)
    {
        cmdlet.WriteVerbose($"Reading {string.Join(", ", paths.Take(5))}{(paths.Count > 5 ? $" and {paths.Count - 5} more" : "")}.");
        var request = new LeakReportRequest { Paths = paths, Symbols = symbols };
        try
        {
            return Read(request);
        }
        catch (MemToolsException e) when (paths.Count > 1)
        {
            var good = paths.Where(IsReadable).ToList();
            if (good.Count == paths.Count)
                cmdlet.WriteFailure(e);
            return good.Count == paths.Count || good.Count == 0 ? [] : Read(request with { Paths = good });
        }
    }

    /// <summary>Reports of a container that others started.</summary>
    public IReadOnlyList<LeakReport> ReadContainer(string nameOrId)
    {
        cmdlet.WriteVerbose($"Reading log and reports of the container {nameOrId}.");
        return cmdlet.Await(token => ContainerReports.ReadAsync(nameOrId, symbols, progress: cmdlet.Progress(), cancellation: token));
    }

    /// <summary>Reports in a text.</summary>
    public IReadOnlyList<LeakReport> ReadText(string content)
    {
        var file = Path.Combine(Path.GetTempPath(), $"memtools-{Guid.NewGuid():N}.txt");
        try
        {
            using (var stream = new FileStream(file, new FileStreamOptions
            {
                Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }))
                stream.Write(Encoding.UTF8.GetBytes(content));
            return [.. Read(new LeakReportRequest { Paths = [file], Symbols = symbols }).Select(r => r with { Paths = [.. r.Paths.Where(p => p != file)] })];
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Reports of objects: reports, records, runs, files, paths with wildcards.</summary>
    public IReadOnlyList<LeakReport> ReadAny(IEnumerable<object> objects)
    {
        var (reports, records, files) = (new List<LeakReport>(), new List<LeakRecord>(), new List<string>());
        var store = new RunStore();
        foreach (var item in objects.Select(o => o is PSObject wrapped ? wrapped.BaseObject : o))
        {
            switch (item)
            {
                case LeakReport report: reports.Add(report); break;
                case LeakRecord record: records.Add(record); break;
                case AllocatorRun run: reports.AddRange(ReadRun(store, run)); break;
                case FileInfo file: files.Add(file.FullName); break;
                case string path: files.AddRange(cmdlet.Paths.Expand([path])); break;
                default: throw Unknown(item);
            }
        }
        if (records.Count > 0)
            reports.Add(Gather(records));
        if (files.Count > 0)
            reports.AddRange(ReadFiles(files));
        return reports;
    }

    /// <summary>Sets the leaks aside that the files of suppressions name; what matched nothing or has expired is a warning.</summary>
    public IReadOnlyList<LeakReport> Suppress(IReadOnlyList<LeakReport> reports, IReadOnlyList<string> files)
    {
        if (files.Count == 0)
            return reports;
        var known = cmdlet.Paths.Expand(files).SelectMany(SuppressionFile.Read).ToList();
        var result = LeakSuppressor.Apply(reports, known, DateOnly.FromDateTime(DateTime.Now));
        foreach (var warning in result.Warnings)
            cmdlet.WriteWarning(warning);
        return result.Reports;
    }

    private static LeakReport Gather(List<LeakRecord> records) => new()
    {
        Verdict = Verdict.Leaks,
        VerdictReason = "Records were given without their report.",
        Bytes = records.Sum(r => r.Bytes),
        Objects = records.Sum(r => r.Objects),
        Leaks = records,
    };

    private static MemToolsException Unknown(object item) =>
        new("NotALeakReport", MemToolsErrorCategory.InvalidArgument, $"A {item.GetType().Name} is no leak report.", item,
            "Give a run, a LeakReport, LeakRecord objects, or the path of a report.");

    private bool IsReadable(string path)
    {
        try
        {
            Read(new LeakReportRequest { Paths = [path], Symbolize = false });
            return true;
        }
        catch (MemToolsException e)
        {
            cmdlet.WriteFailure(e);
            return false;
        }
    }

    private IReadOnlyList<LeakReport> Read(LeakReportRequest request) =>
        cmdlet.Await(token => LeakReports.Read(request, new LocalFileSource(), cmdlet.Progress(), token));
}
