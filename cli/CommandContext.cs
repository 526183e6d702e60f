using MemTools.Cli.Infrastructure;
using MemTools.Reports;

namespace MemTools.Cli;

/// <summary>What a running command may use.</summary>
/// <param name="Terminal">Streams and their style.</param>
/// <param name="Interrupts">Ctrl+C and SIGTERM.</param>
/// <param name="Program">For commands that take a program: its words after the options; else empty.</param>
internal sealed record CommandContext(Terminal Terminal, Interrupts Interrupts, IReadOnlyList<string> Program)
{
    public CancellationToken Cancellation => Interrupts.Cancellation;

    /// <summary>A progress bar on standard error, or null when that is no terminal. Dispose ends it.</summary>
    public ProgressBar? Progress() => Terminal.ErrorIsTerminal ? new ProgressBar(Terminal) : null;
}
