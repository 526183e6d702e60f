namespace MemTools.Allocators.Launch;

/// <summary>
/// What a caller wants to see while a program runs. All members are called on background threads, one call at a time per member. Bytes are only
/// valid during the call.
/// </summary>
public sealed class LaunchObserver
{
    /// <summary>The program's standard output as it comes (<see cref="StreamMode.Tee"/>).</summary>
    public Action<ReadOnlyMemory<byte>>? StandardOutput { get; init; }

    /// <summary>The program's standard error as it comes, without the checker's own lines (<see cref="StreamMode.Tee"/>).</summary>
    public Action<ReadOnlyMemory<byte>>? StandardError { get; init; }

    /// <summary>The checker's own lines of standard error (<see cref="StreamMode.Tee"/>).</summary>
    public Action<ReadOnlyMemory<byte>>? Checker { get; init; }

    /// <summary>The program has started.</summary>
    public Action<AllocatorRun>? Started { get; init; }

    /// <summary>Something the user should know.</summary>
    public Action<string>? Warning { get; init; }

    /// <summary>A step, for verbose output.</summary>
    public Action<string>? Verbose { get; init; }
}
