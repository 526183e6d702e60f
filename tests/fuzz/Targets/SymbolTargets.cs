using MemTools.Reports.Errors;
using MemTools.Reports.Symbols;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.Fuzz.Targets;

/// <summary>ELF headers, notes, dynamic section, versions and symbols: our error or an answer.</summary>
internal sealed class ElfTarget : FuzzTarget
{
    public override string Name => "elf";

    public override int MaxLength => 1 << 16;

    public override IReadOnlyList<byte[]> Seeds() => [SymbolTargets.Sample()];

    public override IReadOnlyList<byte[]> Words => SymbolTargets.Words;

    public override ulong Run(byte[] input) => SymbolTargets.WithFile(input, path =>
    {
        using ElfFile elf = ElfFile.Open(path);
        ulong seen = (ulong)elf.Sections.Count;
        seen = seen * 31 + (ulong)elf.ProgramHeaders.Count;
        seen = seen * 31 + (elf.BuildId is null ? 0u : 1u) + (elf.DebugLink is null ? 0u : 2u) + (elf.DebugAltLink is null ? 0u : 4u);
        seen = seen * 31 + (ulong)elf.NeededLibraries.Count;
        seen = seen * 31 + (ulong)elf.VersionNeeds.Count + (ulong)elf.VersionDefinitions.Count;
        seen = seen * 31 + (ulong)elf.DynamicSymbols.Take(10_000).Count();
        seen = seen * 31 + (ulong)elf.Symbols.Take(10_000).Count();
        foreach (ElfSection section in elf.Sections.Take(1000))
            seen += elf.GetData(section).IsEmpty ? 0u : 1u;
        return seen;
    });
}

/// <summary>Everything between an address and its frames: our error, a warning or an answer.</summary>
internal sealed class DwarfTarget : FuzzTarget
{
    public override string Name => "dwarf";

    public override int MaxLength => 1 << 16;

    public override IReadOnlyList<byte[]> Seeds() => [SymbolTargets.Sample()];

    public override IReadOnlyList<byte[]> Words => SymbolTargets.Words;

    public override ulong Run(byte[] input) => SymbolTargets.WithFile(input, path =>
    {
        using ModuleSymbolizer module = ModuleSymbolizer.Open(path);
        var addresses = new List<ulong>();
        foreach (ElfSection section in module.Binary.Sections.Where(s => s.IsExecutable).Take(8))
        {
            for (ulong at = 0; at < Math.Min(section.Size, 4096); at += 37)
                addresses.Add(unchecked(section.Address + at));
        }

        var options = new ResolveOptions { Declarations = true, Threads = 1 };
        ResolvedAddresses frames = module.Resolve(addresses.ToArray(), new SymbolStore(), options);
        ulong seen = (ulong)module.Warnings.Count;
        for (int i = 0; i < frames.Count; i++)
            seen = seen * 31 + (ulong)frames[i].Length;
        return seen;
    });
}

internal static class SymbolTargets
{
    /// <summary>Numbers at the edges of 32 and 64 bits, and a LEB128 number that is too long.</summary>
    public static IReadOnlyList<byte[]> Words { get; } =
    [
        [0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0, 0x80], [0, 0, 0, 0, 0, 0, 0, 0x80], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F],
        [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01], "ZLIB"u8.ToArray(),
    ];

    /// <summary>The smallest program with debug information that the repository holds.</summary>
    public static byte[] Sample() => File.ReadAllBytes(Path.Combine(FuzzTarget.Repository(), "samples/dmserver/prebuilt/dmserver"));

    /// <summary>Runs with the bytes as a file.</summary>
    public static ulong WithFile(byte[] input, Func<string, ulong> run)
    {
        string path = Path.Combine(Path.GetTempPath(), $"memtools-fuzz-{Environment.ProcessId}.elf");
        File.WriteAllBytes(path, input);
        try
        {
            return run(path);
        }
        catch (MemToolsException e) when (e.ErrorId is "NotAnElfFile" or "FileNotReadable")
        {
            return e.ErrorId == "NotAnElfFile" ? 1u : 2u;
        }
        finally
        {
            File.Delete(path);
        }
    }
}
