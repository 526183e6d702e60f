using System.Buffers;
using System.Text.Json;

namespace MemTools.Allocators.Launch;

/// <summary>The JSON form of <see cref="WatchRecord"/>, which is nobody's contract; by hand for the reason given at <see cref="RunRecordWriter"/>.</summary>
internal static class WatchRecordJson
{
    public static byte[] ToUtf8(WatchRecord watch)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            Write(writer, "watcher", watch.Watcher);
            Write(writer, "program", watch.Program);
            writer.WriteString("stopSignal"u8, watch.StopSignal);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
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

    private static void Write(Utf8JsonWriter writer, string name, ProcessIdentity? identity)
    {
        if (identity is null)
        {
            writer.WriteNull(name);
            return;
        }

        writer.WriteStartObject(name);
        writer.WriteNumber("processId"u8, identity.ProcessId);
        writer.WriteNumber("startTicks"u8, identity.StartTicks);
        writer.WriteString("bootId"u8, identity.BootId);
        writer.WriteString("pidNamespace"u8, identity.PidNamespace);
        writer.WriteEndObject();
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
