using System.Text.Json.Serialization;
using MemTools.Reports.Model;

namespace MemTools.Reports.Writers;

/// <summary>
/// How reports become JSON without reflection: camelCase names, enumerations by name, nulls written, indented. Other parts that write
/// objects holding leak reports combine this context with theirs.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    ReadCommentHandling = System.Text.Json.JsonCommentHandling.Skip)]
[JsonSerializable(typeof(LeakReport))]
[JsonSerializable(typeof(LeakReport[]))]
[JsonSerializable(typeof(IReadOnlyList<LeakReport>))]
[JsonSerializable(typeof(LeakRecord))]
[JsonSerializable(typeof(StackFrame))]
public sealed partial class ReportJson : JsonSerializerContext;
