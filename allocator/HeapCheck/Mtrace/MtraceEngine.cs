using MemTools.Allocators.Detect;
using MemTools.Reports.Errors;

namespace MemTools.Allocators.HeapCheck.Mtrace;

/// <summary>
/// glibc's mtrace: a log of every allocation with one frame each; tells what is still live. Since glibc 2.34 it needs libc_malloc_debug, always a call of
/// mtrace(), which the shim makes. A forked child writes into its parent's log.
/// </summary>
internal sealed class MtraceEngine : LiveLogEngine
{
    private const string DebugLibrary = "libc_malloc_debug.so.0";

    /// <inheritdoc/>
    public override string Name => "Mtrace";

    /// <inheritdoc/>
    protected override string ReportName => "mtrace";

    /// <inheritdoc/>
    protected override string Silence => "mtrace wrote no log of the program: the libraries were not loaded, or the program uses another malloc.";

    /// <inheritdoc/>
    protected override string ForkedChildren => "mtrace's log mixes the events of parent and child, so that what one frees can hide what the other leaks.";

    /// <inheritdoc/>
    protected override bool NeedsNames => false;

    /// <inheritdoc/>
    protected override async Task<EngineTool> FindLibraryAsync(ITarget target, CancellationToken cancellation)
    {
        try
        {
            Allocator library = await AllocatorFinder.ResolveAsync(target, DebugLibrary, HeapCheckMode.None, cancellation: cancellation);
            return new EngineTool { IsAvailable = true, Library = library };
        }
        catch (MemToolsException e) when (e.ErrorId is "AllocatorNotInstalled" or "UnknownAllocator")
        {
            return EngineTool.Missing($"{DebugLibrary} (glibc 2.34 or newer) is not there", "Use another engine.");
        }
    }

    /// <inheritdoc/>
    protected override Dictionary<string, string> Variables(string prefix) => new() { ["MEMTOOLS_MTRACE"] = prefix };
}
