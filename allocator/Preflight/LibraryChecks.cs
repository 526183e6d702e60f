using MemTools.Allocators.HeapCheck;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.Allocators.Preflight;

/// <summary>The library to preload: can LD_PRELOAD name it, does it load, can it do what is asked.</summary>
internal static class LibraryChecks
{
    public static void Run(PreflightContext context)
    {
        if (!context.Preloads || context.Allocator is not { Path: { } path } allocator || allocator.Name == "ptmalloc")
        {
            // Nothing is preloaded: then nothing brings gperftools' checker either.
            if (context.Allocator is { Path: not null } own)
                CheckChecker(context, own);
            CheckProfiler(context, context.Allocator);
            return;
        }
        foreach (string library in allocator.Dependencies.Append(path))
            CheckPath(context, library);
        if (allocator.Problem is { } problem)
        {
            context.Block(
                "LibraryUnusable", path, $"{path} did not load into a test program: {problem}.",
                $"the loader would print a line, leave the library out and run the program; {context.Purpose} would not have happened",
                $"Install it with what it needs: Install-Allocator {allocator.Name} -Force / memtools install {allocator.Name} --force.");
        }
        if (context.Target.Fetch(path, context.Cancellation) is { } local && ElfFile.TryOpen(local, out _) is { } elf)
        {
            using (elf)
                LibcVersions.CheckLibrary(context, path, elf);
        }
        CheckChecker(context, allocator);
        CheckProfiler(context, allocator);
    }

    /// <summary>The loader splits LD_PRELOAD at both and knows no quoting (man 8 ld.so).</summary>
    private static void CheckPath(PreflightContext context, string path)
    {
        if (path.AsSpan().IndexOfAny(' ', ':') < 0)
            return;
        context.Block(
            "LibraryPathNotPreloadable", path, $"The library's path '{path}' has a space or a colon, where the loader splits LD_PRELOAD.",
            $"the loader would look for the pieces, leave the library out and run the program; {context.Purpose} would not have happened",
            "Copy or link the library to a path without them.");
    }

    private static void CheckChecker(PreflightContext context, Allocator allocator)
    {
        if (context.Engine is not { Name: "Gperftools" } || allocator.HeapCheck is Capability.Supported or Capability.Unknown)
            return;
        bool removed = allocator.HeapCheck == Capability.Removed;
        context.Block(
            removed ? "HeapCheckRemoved" : "HeapCheckAbsent", allocator.Path!,
            removed
                ? $"{allocator.Name} {allocator.Version} ({allocator.Path}) has no heap checker any more: gperftools removed it in 2.17."
                : $"{allocator.Name} {allocator.Version} ({allocator.Path}) has no heap checker.",
            "HEAPCHECK would be ignored: the program would run, leak, exit with its own code, and look clean",
            removed
                ? "Use another engine (-HeapCheckEngine / --engine LeakSanitizer), or a gperftools of version 2.16 or older."
                : "Use tcmalloc 2.16 or older for this check, or another engine (-HeapCheckEngine / --engine LeakSanitizer).");
    }

    private static void CheckProfiler(PreflightContext context, Allocator? allocator)
    {
        if (!context.Request.HeapProfile || allocator?.HeapProfile is Capability.Supported or Capability.Unknown)
            return;
        string name = allocator?.Name ?? "the program's own allocator";
        context.Block(
            "HeapProfilerMissing", allocator?.Path ?? name, $"{name} has no heap profiler.",
            "no profile would have been written", "Use tcmalloc, or a jemalloc that was built with profiling.");
    }
}
