using MemTools.Allocators.Json;

namespace MemTools.Allocators.Launch;

/// <summary>The JSON form of <see cref="WatchRecord"/>, which is nobody's contract; written by hand for the reason given at <see cref="JsonText"/>.</summary>
internal static class WatchRecordJson
{
    /// <summary>How <see cref="ToUtf8"/> writes that nobody stopped the run.</summary>
    public static ReadOnlySpan<byte> NoSignal => "\"stopSignal\": null"u8;

    public static byte[] ToUtf8(WatchRecord watch)
    {
        var json = new JsonText();
        json.BeginObject();
        Write(json, "watcher", watch.Watcher);
        Write(json, "program", watch.Program);
        json.Property("stopSignal", watch.StopSignal);
        json.EndObject();
        return json.ToUtf8();
    }

    /// <exception cref="FormatException">It is no such record.</exception>
    public static WatchRecord Parse(ReadOnlySpan<byte> utf8)
    {
        JsonValue root = JsonValue.Parse(utf8);
        return new WatchRecord { Watcher = Identity(root.Find("watcher")), Program = Identity(root.Find("program")), StopSignal = root.Find("stopSignal")?.Text };
    }

    private static void Write(JsonText json, string name, ProcessIdentity? identity)
    {
        if (identity is null)
        {
            json.Property(name, null);
            return;
        }

        json.BeginObject(name);
        json.Property("processId", identity.ProcessId);
        json.Property("startTicks", identity.StartTicks);
        json.Property("bootId", identity.BootId);
        json.Property("pidNamespace", identity.PidNamespace);
        json.EndObject();
    }

    private static ProcessIdentity? Identity(JsonValue? value) => value is null || value.IsNull
        ? null
        : new ProcessIdentity(
            value["processId"].Int32, value["startTicks"].Number, value.Find("bootId")?.Text ?? "", value.Find("pidNamespace")?.Text ?? "");
}
