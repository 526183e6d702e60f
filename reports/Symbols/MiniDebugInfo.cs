using MemTools.Reports.Errors;
using MemTools.Reports.Symbols.Compression;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.Reports.Symbols;

/// <summary>
/// <c>.gnu_debugdata</c>: an xz-compressed ELF file inside the module, with the symbol table that stripping took away (Fedora, RHEL;
/// "MiniDebugInfo" in gdb's manual).
/// </summary>
internal static class MiniDebugInfo
{
    /// <summary>Opens it; null when the module has none, or with a warning when it cannot be unpacked.</summary>
    public static ElfFile? TryOpen(ElfFile module, List<string> warnings)
    {
        ReadOnlySpan<byte> packed = module.GetData(".gnu_debugdata");
        if (packed.IsEmpty)
            return null;
        try
        {
            byte[] bytes = NativeCodecs.XzDecompress(packed, Math.Min(ElfLimits.MaxMiniDebugInfoBytes, packed.Length * (long)ElfLimits.MaxZstdRatio));
            var memory = new NativeBuffer(bytes.Length);
            bytes.CopyTo(memory.Span);
            return ElfFile.Open(MappedFile.FromMemory(module.Path + " (.gnu_debugdata)", memory));
        }
        catch (MemToolsException e)
        {
            warnings.Add($"the symbols in .gnu_debugdata of {module.Path} cannot be used: {e.Message}");
            return null;
        }
    }
}
