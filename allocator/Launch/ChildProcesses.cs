namespace MemTools.Allocators.Launch;

/// <summary>What is known of the processes that a program started.</summary>
/// <param name="Processes">Those seen, in the order of their start.</param>
/// <param name="IsComplete">True when every start was recorded; false when some may have been missed.</param>
/// <param name="ReplacedImages">How often a process replaced itself by exec after it had already executed a program (<c>env</c>, <c>exec</c> in a shell).</param>
public sealed record ChildProcesses(
    IReadOnlyList<ChildProcess> Processes, bool IsComplete, int ReplacedImages = 0);

/// <summary>A process that descends from the program.</summary>
/// <param name="ProcessId">Its id.</param>
/// <param name="ParentProcessId">Who forked it.</param>
/// <param name="Name">Command name, at most 15 bytes; empty when unknown.</param>
/// <param name="RunsProgramCode">True when it was forked and went on in the program's own code; false when it, or one between, executed a program.</param>
/// <param name="Executed">True when it executed a program itself.</param>
/// <param name="Duration">From its start to its end; null when it outlived the program or was not seen to end.</param>
public sealed record ChildProcess(int ProcessId, int ParentProcessId, string Name, bool RunsProgramCode, bool Executed, TimeSpan? Duration);
