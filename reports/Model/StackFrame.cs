using System.Globalization;
using System.Text.Json.Serialization;

namespace MemTools.Reports.Model;

/// <summary>One frame of a leak's stack. Inlined calls are frames of their own with the same address.</summary>
public sealed record StackFrame
{
    /// <summary>Address in the process as the engine recorded it; 0 when the engine gives none.</summary>
    [JsonConverter(typeof(HexAddressConverter))]
    public ulong Address { get; init; }

    /// <summary>Path of the module; empty when unknown.</summary>
    public string Module { get; init; } = "";

    /// <summary>GNU build-id of the module, lower-case hex; null when unknown.</summary>
    public string? BuildId { get; init; }

    /// <summary>Offset of the address from the module's load base (its ELF virtual address for PIE and libraries), in bytes.</summary>
    [JsonConverter(typeof(HexAddressConverter))]
    public ulong Offset { get; init; }

    /// <summary>Readable function name; null when unknown.</summary>
    public string? Function { get; init; }

    /// <summary>Source file as recorded by the debug information; null when unknown.</summary>
    public string? File { get; init; }

    /// <summary>1-based; 0 when unknown.</summary>
    public int Line { get; init; }

    /// <summary>1-based; 0 when unknown.</summary>
    public int Column { get; init; }

    /// <summary>True when this frame was inlined into the next outer one.</summary>
    public bool IsInlined { get; init; }

    /// <summary><c>file:line</c>, or the file where the line is unknown; null where the file is.</summary>
    internal string? SourceLocation => File is null || Line == 0 ? File : string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}");

    /// <summary><c>function at file:line</c>, or <c>module+0xoffset</c> where no name is known.</summary>
    public override string ToString() =>
        (Function ?? (Module.Length > 0 ? $"{Path.GetFileName(Module)}+0x{Offset:x}" : $"0x{Address:x}"))
        + (File is null ? "" : " at " + SourceLocation);
}
