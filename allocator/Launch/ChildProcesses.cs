namespace MemTools.Allocators.Launch;

/// <summary>What is known of the processes that a program started.</summary>
/// <param name="Processes">Those seen, in the order of their start.</param>
/// <param name="IsComplete">True when every start was recorded; false when some may have been missed.</param>
/// <param name="HadUnseen">True when the accounting shows that there were children although none was seen.</param>
/// <param name="ReplacedImages">How often a process replaced itself by exec after it had already executed a program (<c>env</c>, <c>exec</c> in a shell).</param>
public sealed record ChildProcesses(
    IReadOnlyList<ChildProcess> Processes, bool IsComplete, bool HadUnseen = false, int ReplacedImages = 0);

/// <summary>A process that descends from the program.</summary>
/// <param name="ProcessId">Its id.</param>
/// <param name="ParentProcessId">Who forked it.</param>
/// <param name="Name">Command name, at most 15 bytes; empty when unknown.</param>
/// <param name="RunsProgramCode">True when it was forked and went on in the program's own code; false when it, or one between, executed a program.</param>
/// <param name="HasEnded">True when it ended before the program did.</param>
public sealed record ChildProcess(int ProcessId, int ParentProcessId, string Name, bool RunsProgramCode, bool HasEnded);
