using System.Text.Json;
using System.Text.Json.Serialization;

namespace MemTools.Containers.Engine.Wire;

/// <summary>Serialization metadata made at compile time: no reflection at start.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ContainerSummary[]))]
[JsonSerializable(typeof(ContainerDetails))]
[JsonSerializable(typeof(CreateContainerRequest))]
[JsonSerializable(typeof(CreatedId))]
[JsonSerializable(typeof(WaitResult))]
[JsonSerializable(typeof(CreateExecRequest))]
[JsonSerializable(typeof(StartExecRequest))]
[JsonSerializable(typeof(ExecDetails))]
[JsonSerializable(typeof(ImageSummary[]))]
[JsonSerializable(typeof(ImageDetails))]
[JsonSerializable(typeof(EngineInfo))]
[JsonSerializable(typeof(EngineVersion))]
[JsonSerializable(typeof(PullProgress))]
[JsonSerializable(typeof(RegistryCredentials))]
[JsonSerializable(typeof(EngineEvent))]
[JsonSerializable(typeof(PathStat))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(string))]
internal sealed partial class EngineJson : JsonSerializerContext;
