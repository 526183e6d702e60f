using System.Text.Json;
using System.Text.Json.Serialization;

namespace MemTools.Allocators.Launch;

/// <summary>The JSON form of runs: docs/json.md. Generated code, because reflection would cost the command's start.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, UseStringEnumConverter = true,
    GenerationMode = JsonSourceGenerationMode.Default)]
[JsonSerializable(typeof(AllocatorRun))]
[JsonSerializable(typeof(IReadOnlyList<AllocatorRun>))]
public sealed partial class RunJson : JsonSerializerContext
{
    /// <summary>The context with an encoder that leaves &lt;, &gt;, ' and letters beyond ASCII readable; the text is never put into HTML unescaped.</summary>
    public static RunJson Readable => Holder.Context;

    /// <summary>Made on first use: the order of static fields across the generated parts is not defined.</summary>
    private static class Holder
    {
        internal static readonly RunJson Context = new(new JsonSerializerOptions(Default.Options)
        {
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        });
    }
}

/// <summary>Who watches a run and which process it is; beside the run's record in <c>watch.json</c>.</summary>
internal sealed record WatchRecord
{
    /// <summary>Writes the final record.</summary>
    public ProcessIdentity? Watcher { get; init; }

    /// <summary>The program under test.</summary>
    public ProcessIdentity? Program { get; init; }

    /// <summary>Signal that somebody sent by <see cref="RunStore.StopAsync"/>; null when none.</summary>
    public string? StopSignal { get; init; }
}
