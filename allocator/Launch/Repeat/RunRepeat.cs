namespace MemTools.Allocators.Launch;

/// <summary>How often a run repeated the program's work, and the run that repeated it less often, which its leaks are compared with.</summary>
/// <param name="Times">Repetitions of this run.</param>
/// <param name="BaselineTimes">Repetitions of the other one.</param>
/// <param name="BaselineRun">Id of the other run, in the same store.</param>
public sealed record RunRepeat(int Times, int BaselineTimes, string BaselineRun);
