using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using MemTools.Allocators;
using MemTools.Cli.Infrastructure;

namespace MemTools.Cli.Output;

/// <summary>Allocators as a table or JSON.</summary>
internal static class AllocatorOutput
{
    // The text is UTF-8 data, not a part of a web page: names stay readable.
    private static readonly AllocatorJson Json = new(new JsonSerializerOptions(AllocatorJson.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = null,
    });

    public static void WriteTable(Terminal terminal, IReadOnlyList<Allocator> allocators)
    {
        var table = new TextTable("Name", "Version", "Scope", "Heap check", "Heap profile", "Engines", "Path");
        foreach (var allocator in allocators)
        {
            table.Add(
                allocator.Name, allocator.Version ?? "", allocator.Scope?.ToString() ?? "not installed", allocator.IsInstalled ? allocator.HeapCheck.ToString() : "",
                allocator.IsInstalled ? allocator.HeapProfile.ToString() : "", string.Join(", ", allocator.Engines), allocator.Path ?? "");
        }

        table.Write(terminal.Out, terminal.OutStyle.Strong);
        foreach (var allocator in allocators.Where(allocator => allocator.Problem is not null))
            terminal.Error.WriteLine($"{terminal.ErrorStyle.Warn("memtools: warning:")} {allocator.Path}: {allocator.Problem}");
    }

    public static void WriteJson(Stream stream, IReadOnlyList<Allocator> allocators)
    {
        stream.Write(JsonSerializer.SerializeToUtf8Bytes(allocators, Json.IReadOnlyListAllocator));
        stream.Write("\n"u8);
    }
}

/// <summary>The JSON form of allocators: docs/json.md.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(IReadOnlyList<Allocator>))]
internal sealed partial class AllocatorJson : JsonSerializerContext;
