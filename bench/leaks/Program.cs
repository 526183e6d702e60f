// How fast leak reports are read, and in how much memory: generated reports of every engine, each read in a process of its own. "read" ends with the records, "csv" is
// the command with all of them written to /dev/null.
//
//   ./build.sh bench leaks [RECORDS] [FORMAT...]        default: 1,000,000 records, every format
//   LeaksBench write FORMAT RECORDS FILE                leaves such a report in FILE
using System.Globalization;
using MemTools.Bench.Leaks;
using MemTools.Reports;
using MemTools.Reports.Leaks;

if (args is ["read", var file])
{
    IReadOnlyList<MemTools.Reports.Model.LeakReport> reports =
        LeakReports.Read(new LeakReportRequest { Paths = [file], Symbolize = false }, new LocalFileSource(), null, CancellationToken.None);
    return reports.Sum(static report => report.Leaks.Count) > 0 ? 0 : 1;
}

if (args is ["write", var kind, var number, var target])
{
    Inputs.Write(target, kind, int.Parse(number, CultureInfo.InvariantCulture));
    return 0;
}

int records = args.Length > 0 ? int.Parse(args[0], NumberStyles.AllowThousands, CultureInfo.InvariantCulture) : 1_000_000;
string[] formats = args.Length > 1 ? args[1..] : [.. Inputs.Formats.Keys];
string memtools = Path.Combine(Directory.GetCurrentDirectory(), "out", "memtools", "memtools");
DirectoryInfo folder = Directory.CreateTempSubdirectory("memtools-bench-");
try
{
    Console.WriteLine($"{records:#,0} records of 20 frames (mtrace: one) over 20,000 addresses; seconds of CPU (wall), largest resident size");
    Console.WriteLine($"{"format",-14}{"MB",7}   {"read",-36}{"csv",-24}");
    foreach (string format in formats)
    {
        string path = Path.Combine(folder.FullName, format);
        Inputs.Write(path, format, records);
        double megabytes = new FileInfo(path).Length / 1e6;
        Usage read = Measured.Run(Environment.ProcessPath!, "read", path);
        Usage whole = Measured.Run(memtools, "leaks", path, "--format", "csv", "--fail-on", "none", "--allow-unchecked");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{format,-14}{megabytes,7:0}   {read} {megabytes / read.Wall,5:0} MB/s   {whole}"));
        File.Delete(path);
    }
}
finally
{
    folder.Delete(recursive: true);
}

return 0;
