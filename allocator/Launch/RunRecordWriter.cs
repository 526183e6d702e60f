using System.Globalization;
using MemTools.Allocators.Json;

namespace MemTools.Allocators.Launch;

/// <summary>
/// Writes runs as <see cref="RunJson"/> would, without its cost (<see cref="JsonText"/>): each start writes its record three times. A test holds both to the
/// same text.
/// </summary>
public static class RunRecordWriter
{
    /// <summary>UTF-8 text of one run.</summary>
    public static byte[] ToUtf8(AllocatorRun run)
    {
        var json = new JsonText();
        json.BeginObject();
        json.Property("schemaVersion", run.SchemaVersion);
        json.Property("id", run.Id);
        json.Property("filePath", run.FilePath);
        List(json, "argumentList", run.ArgumentList);
        json.Property("target", run.Target);
        json.Property("allocator", run.Allocator);
        json.Property("allocatorVersion", run.AllocatorVersion);
        json.Property("heapCheck", run.HeapCheck.ToString());
        json.Property("engine", run.Engine);
        Repeat(json, run.Repeat);
        json.Property("state", run.State.ToString());
        Number(json, "processId", run.ProcessId);
        json.Property("startTime", Time(run.StartTime));
        json.Property("duration", Time(run.Duration));
        json.Property("userTime", Time(run.UserTime));
        json.Property("systemTime", Time(run.SystemTime));
        json.Property("peakResidentBytes", run.PeakResidentBytes);
        json.Property("minorFaults", run.MinorFaults);
        json.Property("majorFaults", run.MajorFaults);
        json.Property("voluntaryContextSwitches", run.VoluntaryContextSwitches);
        json.Property("involuntaryContextSwitches", run.InvoluntaryContextSwitches);
        Number(json, "exitCode", run.ExitCode);
        json.Property("signal", run.Signal);
        json.Property("coreDumped", run.CoreDumped);
        json.Property("endedBy", run.EndedBy);
        json.Property("verdict", run.Verdict.ToString());
        json.Property("verdictReason", run.VerdictReason);
        List(json, "reportPaths", run.ReportPaths);
        List(json, "heapProfilePaths", run.HeapProfilePaths);
        Children(json, run.Children);
        json.Property("standardOutputPath", run.StandardOutputPath);
        json.Property("standardErrorPath", run.StandardErrorPath);
        json.Property("replacedImages", run.ReplacedImages);
        json.Property("runPath", run.RunPath);
        List(json, "environmentNames", run.EnvironmentNames);
        Map(json, "setEnvironment", run.SetEnvironment);
        Map(json, "overriddenFindings", run.OverriddenFindings);
        List(json, "warnings", run.Warnings);
        json.EndObject();
        return json.ToUtf8();
    }

    private static void Repeat(JsonText json, RunRepeat? repeat)
    {
        if (repeat is null)
        {
            json.Property("repeat", null);
            return;
        }

        json.BeginObject("repeat");
        json.Property("times", repeat.Times);
        json.Property("baselineTimes", repeat.BaselineTimes);
        json.Property("baselineRun", repeat.BaselineRun);
        json.EndObject();
    }

    private static void Children(JsonText json, IReadOnlyList<ChildProcess> children)
    {
        json.BeginArray("children");
        foreach (ChildProcess child in children)
        {
            json.BeginObject();
            json.Property("processId", child.ProcessId);
            json.Property("parentProcessId", child.ParentProcessId);
            json.Property("name", child.Name);
            json.Property("runsProgramCode", child.RunsProgramCode);
            json.Property("executed", child.Executed);
            json.Property("duration", child.Duration is { } duration ? Time(duration) : null);
            json.EndObject();
        }

        json.EndArray();
    }

    private static void List(JsonText json, string name, IReadOnlyList<string> texts)
    {
        json.BeginArray(name);
        foreach (string text in texts)
            json.Item(text);
        json.EndArray();
    }

    private static void Map(JsonText json, string name, IReadOnlyDictionary<string, string> values)
    {
        json.BeginObject(name);
        foreach ((string key, string value) in values)
            json.Property(key, value);
        json.EndObject();
    }

    private static void Number(JsonText json, string name, int? value)
    {
        if (value is { } number)
            json.Property(name, number);
        else
            json.Property(name, null);
    }

    private static string Time(TimeSpan value) => value.ToString("c", CultureInfo.InvariantCulture);

    /// <summary>ISO 8601 without the fraction's closing zeros, as System.Text.Json writes it.</summary>
    private static string Time(DateTimeOffset value)
    {
        const int fraction = 19; // yyyy-MM-ddTHH:mm:ss
        string text = value.ToString("O", CultureInfo.InvariantCulture);
        int zone = fraction + 8;
        int end = zone;
        while (text[end - 1] == '0')
            end--;
        if (text[end - 1] == '.')
            end--;
        return string.Concat(text.AsSpan(0, end), text.AsSpan(zone));
    }
}
