using System.Text;
using System.Text.Json;
using MemTools.Reports.Errors;

namespace MemTools.Containers.Engine;

/// <summary>Maps the engine's answers to error ids.</summary>
internal static class EngineErrors
{
    public static string Message(byte[] body)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("message", out JsonElement message)
                && message.ValueKind == JsonValueKind.String)
                return message.GetString()!.Trim();
        }
        catch (JsonException)
        {
            // Proxies and very old engines answer in plain text; it is shown as it is.
        }

        return Encoding.UTF8.GetString(body).Trim();
    }

    public static MemToolsException From(int status, string message, string what, string target)
    {
        string text = message.Length > 0 ? message : "status " + status;
        (string id, MemToolsErrorCategory category, string action) = status switch
        {
            404 when message.Contains("image", StringComparison.OrdinalIgnoreCase) && what.StartsWith("create", StringComparison.Ordinal) =>
                ("ImageNotFound", MemToolsErrorCategory.ObjectNotFound, "Pull or build the image first, or use -Pull Missing."),
            404 when what.Contains("image", StringComparison.Ordinal) =>
                ("ImageNotFound", MemToolsErrorCategory.ObjectNotFound, "List the images with 'docker images'."),
            404 when (what.StartsWith("read a file", StringComparison.Ordinal) || what.StartsWith("write files", StringComparison.Ordinal))
                && !message.Contains("No such container", StringComparison.OrdinalIgnoreCase) =>
                ("ContainerFileNotFound", MemToolsErrorCategory.ObjectNotFound, "Check the path in the container."),
            404 => ("ContainerNotFound", MemToolsErrorCategory.ObjectNotFound, "List the containers with 'docker ps --all'."),
            409 when message.Contains("not running", StringComparison.OrdinalIgnoreCase) || message.Contains("is paused", StringComparison.OrdinalIgnoreCase) =>
                ("ContainerNotRunning", MemToolsErrorCategory.InvalidOperation, "Start or unpause the container, or give an image instead."),
            409 => ("ContainerConflict", MemToolsErrorCategory.ResourceExists, "Choose another name, or remove what is in the way."),
            400 when message.Contains("client version", StringComparison.OrdinalIgnoreCase) =>
                ("ContainerApiVersion", MemToolsErrorCategory.InvalidOperation, "Unset DOCKER_API_VERSION, or set it to a version that the engine speaks."),
            400 => ("ContainerRequestRefused", MemToolsErrorCategory.InvalidArgument, "Correct the value that the engine names."),
            401 or 403 => ("ContainerEngineDenied", MemToolsErrorCategory.PermissionDenied, "Use an account that may do this on the engine."),
            _ when message.Contains("no space left", StringComparison.OrdinalIgnoreCase) =>
                ("ContainerNoSpace", MemToolsErrorCategory.ResourceUnavailable, "Free space in the engine's data folder ('docker system df')."),
            _ => ("ContainerEngineError", MemToolsErrorCategory.ResourceUnavailable, "See the engine's log ('journalctl -u docker')."),
        };
        return new MemToolsException(id, category, $"The engine could not {what}{(target.Length > 0 ? $" '{target}'" : "")}: {text}", target, action);
    }
}
