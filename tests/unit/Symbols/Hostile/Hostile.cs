using System.Text;
using MemTools.Reports.Errors;
using MemTools.Reports.Symbols;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.Tests.Symbols.Hostile;

/// <summary>Reads a file as the symbolizer and the reports do, on one thread, and counts what it allocates.</summary>
internal static class Hostile
{
    /// <summary>Managed memory that reading any of these small files may take altogether, garbage included; native memory has limits of its own.</summary>
    public const long AllocationLimit = 256L << 20;

    /// <summary>For files that would make a reader without limits go on for hours; nothing is timed.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    public static ElfFile Open(byte[] bytes)
    {
        var memory = new NativeBuffer(bytes.Length);
        bytes.CopyTo(memory.Span);
        return ElfFile.Open(MappedFile.FromMemory("hostile", memory));
    }

    /// <summary>Everything the reader offers of a file; null when it is refused as no ELF file.</summary>
    public static Answer? Read(byte[] bytes, params ulong[] addresses)
    {
        Task<Answer?> reading = Task.Run(() => ReadAll(bytes, addresses));
        Assert.True(reading.Wait(s_patience), "it goes on and on");
        Answer? answer = reading.GetAwaiter().GetResult();
        Assert.True((answer?.Allocated ?? 0) <= AllocationLimit, $"{answer?.Allocated} bytes were allocated for a file of {bytes.Length}");
        return answer;
    }

    private static Answer? ReadAll(byte[] bytes, ulong[] addresses)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            using ElfFile elf = Open(bytes);
            long seen = elf.Sections.Count + elf.ProgramHeaders.Count + elf.NeededLibraries.Count + elf.VersionNeeds.Count + elf.VersionDefinitions.Count;
            seen += (elf.BuildId?.Length ?? 0) + (elf.DebugLink?.FileName.Length ?? 0) + (elf.DebugAltLink?.FileName.Length ?? 0) + (elf.RunPath?.Length ?? 0);
            seen += elf.DefinesDynamicSymbol("no such symbol") ? 1 : 0;
        }
        catch (MemToolsException e) when (e.ErrorId == "NotAnElfFile")
        {
            return null;
        }

        using ModuleSymbolizer module = ModuleSymbolizer.Open(Open(bytes));
        var store = new SymbolStore(style: null);
        ResolvedAddresses resolved = module.Resolve(addresses, store, new ResolveOptions { Threads = 1, Declarations = true });
        var frames = new List<string[]>();
        for (int i = 0; i < addresses.Length; i++)
        {
            var names = new List<string>();
            foreach (ResolvedFrame frame in resolved[i])
                names.Add($"{Encoding.UTF8.GetString(store.FunctionName(frame.Function))}:{frame.Line}");
            frames.Add([.. names]);
        }

        return new Answer(frames, [.. module.Warnings], GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>What came out: per address "function:line" of each frame, and the warnings.</summary>
    public sealed record Answer(IReadOnlyList<string[]> Frames, IReadOnlyList<string> Warnings, long Allocated);
}
