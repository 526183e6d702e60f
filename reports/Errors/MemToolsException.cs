namespace MemTools.Reports.Errors;

/// <summary>Categories, named as PowerShell's ErrorCategory so that both fronts can map them one to one.</summary>
public enum MemToolsErrorCategory
{
    /// <summary>Nothing more specific fits.</summary>
    NotSpecified,
    InvalidArgument,
    InvalidData,
    InvalidOperation,
    ObjectNotFound,
    PermissionDenied,
    ResourceUnavailable,
    ResourceExists,
    NotInstalled,
    NotImplemented,
    OperationStopped,
    OperationTimeout,
    ConnectionError,
    ReadError,
    WriteError,
    ParserError,
    SecurityError,
}

/// <summary>
/// The one exception that the core throws on purpose. Every <see cref="ErrorId"/> is listed in about_MemTools_Errors.
/// </summary>
public sealed class MemToolsException(
    string errorId, MemToolsErrorCategory category, string message, object? targetObject = null,
    string? recommendedAction = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>PascalCase id, stable across versions.</summary>
    public string ErrorId { get; } = errorId;

    /// <summary>What sort of failure.</summary>
    public MemToolsErrorCategory Category { get; } = category;

    /// <summary>What it is about: a path, an allocator's name, a run id.</summary>
    public object? TargetObject { get; } = targetObject;

    /// <summary>What a person can do next; null when there is nothing sensible to say.</summary>
    public string? RecommendedAction { get; } = recommendedAction;
}
