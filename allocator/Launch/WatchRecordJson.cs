using System.Text.Json;

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

    /// <exception cref="JsonException">It is no such record.</exception>
    public static WatchRecord Parse(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
            throw new JsonException("the record is no object");
        return new WatchRecord { Watcher = Identity(root, "watcher"), Program = Identity(root, "program"), StopSignal = Text(root, "stopSignal") };
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

    private static ProcessIdentity? Identity(JsonElement root, string name)
    {
        if (!root.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
            return null;
        return value.ValueKind == JsonValueKind.Object
            && value.TryGetProperty("processId", out JsonElement id) && id.TryGetInt32(out int processId)
            && value.TryGetProperty("startTicks", out JsonElement ticks) && ticks.TryGetInt64(out long startTicks)
                ? new ProcessIdentity(processId, startTicks, Text(value, "bootId") ?? "", Text(value, "pidNamespace") ?? "")
                : throw new JsonException($"'{name}' is no process");
    }

    private static string? Text(JsonElement root, string name) =>
        !root.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() : throw new JsonException($"'{name}' is no text");
}
