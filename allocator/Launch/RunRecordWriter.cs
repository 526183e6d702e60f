using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MemTools.Allocators.Launch;

/// <summary>
/// Writes runs as <see cref="RunJson"/> would. Each start writes its record at least three times, and the serializer's generic types have no
/// ahead-of-time code: written by hand, a start is 40 ms shorter. A test holds both to the same text.
/// </summary>
public static class RunRecordWriter
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>UTF-8 text of one run.</summary>
    public static byte[] ToUtf8(AllocatorRun run)
    {
        var buffer = new ArrayBufferWriter<byte>(8192);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            WriteProperties(writer, run);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The properties of one run, for an object that the caller begins and ends.</summary>
    public static void WriteProperties(Utf8JsonWriter writer, AllocatorRun run)
    {
        writer.WriteNumber("schemaVersion"u8, run.SchemaVersion);
        writer.WriteString("id"u8, run.Id);
        writer.WriteString("filePath"u8, run.FilePath);
        List(writer, "argumentList", run.ArgumentList);
        writer.WriteString("target"u8, run.Target);
        writer.WriteString("allocator"u8, run.Allocator);
        writer.WriteString("allocatorVersion"u8, run.AllocatorVersion);
        writer.WriteString("heapCheck"u8, run.HeapCheck.ToString());
        writer.WriteString("engine"u8, run.Engine);
        Repeat(writer, run.Repeat);
        writer.WriteString("state"u8, run.State.ToString());
        Number(writer, "processId", run.ProcessId);
        writer.WriteString("startTime"u8, run.StartTime);
        Time(writer, "duration", run.Duration);
        Time(writer, "userTime", run.UserTime);
        Time(writer, "systemTime", run.SystemTime);
        writer.WriteNumber("peakResidentBytes"u8, run.PeakResidentBytes);
        writer.WriteNumber("minorFaults"u8, run.MinorFaults);
        writer.WriteNumber("majorFaults"u8, run.MajorFaults);
        writer.WriteNumber("voluntaryContextSwitches"u8, run.VoluntaryContextSwitches);
        writer.WriteNumber("involuntaryContextSwitches"u8, run.InvoluntaryContextSwitches);
        Number(writer, "exitCode", run.ExitCode);
        writer.WriteString("signal"u8, run.Signal);
        writer.WriteBoolean("coreDumped"u8, run.CoreDumped);
        writer.WriteString("endedBy"u8, run.EndedBy);
        writer.WriteString("verdict"u8, run.Verdict.ToString());
        writer.WriteString("verdictReason"u8, run.VerdictReason);
        List(writer, "reportPaths", run.ReportPaths);
        List(writer, "heapProfilePaths", run.HeapProfilePaths);
        Children(writer, run.Children);
        writer.WriteString("standardOutputPath"u8, run.StandardOutputPath);
        writer.WriteString("standardErrorPath"u8, run.StandardErrorPath);
        writer.WriteNumber("replacedImages"u8, run.ReplacedImages);
        writer.WriteString("runPath"u8, run.RunPath);
        List(writer, "environmentNames", run.EnvironmentNames);
        writer.WriteStartObject("setEnvironment"u8);
        foreach ((string name, string value) in run.SetEnvironment)
            writer.WriteString(name, value);
        writer.WriteEndObject();
        List(writer, "warnings", run.Warnings);
    }

    private static void Repeat(Utf8JsonWriter writer, RunRepeat? repeat)
    {
        if (repeat is null)
        {
            writer.WriteNull("repeat"u8);
            return;
        }

        writer.WriteStartObject("repeat"u8);
        writer.WriteNumber("times"u8, repeat.Times);
        writer.WriteNumber("baselineTimes"u8, repeat.BaselineTimes);
        writer.WriteString("baselineRun"u8, repeat.BaselineRun);
        writer.WriteEndObject();
    }

    private static void Children(Utf8JsonWriter writer, IReadOnlyList<ChildProcess> children)
    {
        writer.WriteStartArray("children"u8);
        foreach (ChildProcess child in children)
        {
            writer.WriteStartObject();
            writer.WriteNumber("processId"u8, child.ProcessId);
            writer.WriteNumber("parentProcessId"u8, child.ParentProcessId);
            writer.WriteString("name"u8, child.Name);
            writer.WriteBoolean("runsProgramCode"u8, child.RunsProgramCode);
            writer.WriteBoolean("executed"u8, child.Executed);
            if (child.Duration is { } duration)
                Time(writer, "duration", duration);
            else
                writer.WriteNull("duration"u8);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void List(Utf8JsonWriter writer, string name, IReadOnlyList<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (string text in texts)
            writer.WriteStringValue(text);
        writer.WriteEndArray();
    }

    private static void Number(Utf8JsonWriter writer, string name, int? value)
    {
        if (value is { } number)
            writer.WriteNumber(name, number);
        else
            writer.WriteNull(name);
    }

    private static void Time(Utf8JsonWriter writer, string name, TimeSpan value) =>
        writer.WriteString(name, value.ToString("c", System.Globalization.CultureInfo.InvariantCulture));
}
