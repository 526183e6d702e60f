using System.Management.Automation;
using MemTools.Reports.Errors;

namespace MemTools.Commands;

/// <summary>Turns exceptions into error records with an id, a category, a target and advice.</summary>
internal static class ErrorRecords
{
    /// <summary>An error record for any exception; those not thrown on purpose get an id by their type.</summary>
    public static ErrorRecord From(Exception exception) => exception switch
    {
        MemToolsException known => From(known),
        IContainsErrorRecord { ErrorRecord: { } record } => new ErrorRecord(record, exception),
        UnauthorizedAccessException => Record(exception, "AccessDenied", ErrorCategory.PermissionDenied,
            "Check the owner and permissions of the file or folder that the message names."),
        FileNotFoundException or DirectoryNotFoundException => Record(exception, "PathNotFound", ErrorCategory.ObjectNotFound,
            "Check that the file or folder that the message names is still there."),
        IOException => Record(exception, "InputOutputError", ErrorCategory.ReadError,
            "Check free space and health of the file system that the message names."),
        _ => Record(exception, "UnexpectedError", ErrorCategory.NotSpecified,
            "This is a defect of MemTools: please report it with the command, its -Verbose output and `$Error[0].Exception.ToString()`."),
    };

    private static ErrorRecord From(MemToolsException e) =>
        new(e, e.ErrorId, Category(e.Category), e.TargetObject) { ErrorDetails = Details(e.Message, e.RecommendedAction) };

    private static ErrorRecord Record(Exception e, string id, ErrorCategory category, string action) =>
        new(e, id, category, null) { ErrorDetails = Details(e.Message, action) };

    private static ErrorDetails Details(string message, string? action) => new(message) { RecommendedAction = action ?? "" };

    private static ErrorCategory Category(MemToolsErrorCategory category) => category switch
    {
        MemToolsErrorCategory.InvalidArgument => ErrorCategory.InvalidArgument,
        MemToolsErrorCategory.InvalidData => ErrorCategory.InvalidData,
        MemToolsErrorCategory.InvalidOperation => ErrorCategory.InvalidOperation,
        MemToolsErrorCategory.ObjectNotFound => ErrorCategory.ObjectNotFound,
        MemToolsErrorCategory.PermissionDenied => ErrorCategory.PermissionDenied,
        MemToolsErrorCategory.ResourceUnavailable => ErrorCategory.ResourceUnavailable,
        MemToolsErrorCategory.ResourceExists => ErrorCategory.ResourceExists,
        MemToolsErrorCategory.NotInstalled => ErrorCategory.NotInstalled,
        MemToolsErrorCategory.NotImplemented => ErrorCategory.NotImplemented,
        MemToolsErrorCategory.OperationStopped => ErrorCategory.OperationStopped,
        MemToolsErrorCategory.OperationTimeout => ErrorCategory.OperationTimeout,
        MemToolsErrorCategory.ConnectionError => ErrorCategory.ConnectionError,
        MemToolsErrorCategory.ReadError => ErrorCategory.ReadError,
        MemToolsErrorCategory.WriteError => ErrorCategory.WriteError,
        MemToolsErrorCategory.ParserError => ErrorCategory.ParserError,
        MemToolsErrorCategory.SecurityError => ErrorCategory.SecurityError,
        _ => ErrorCategory.NotSpecified,
    };
}
