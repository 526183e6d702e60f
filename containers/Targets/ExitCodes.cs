using MemTools.Allocators;

namespace MemTools.Containers.Targets;

/// <summary>Engines say 128 + signal for a program that a signal ended, as shells do.</summary>
internal static class ExitCodes
{
    private const int SignalBase = 128;
    private const int LastSignal = 64;

    public static ProcessEnd ToEnd(long code) => code is > SignalBase and <= SignalBase + LastSignal
        ? new ProcessEnd { Signal = (int)(code - SignalBase) }
        : new ProcessEnd { ExitCode = (int)code };
}
