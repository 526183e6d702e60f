using MemTools.Reports.Model;

namespace MemTools.Reports.Symbols;

/// <summary>Fills <see cref="Location.Lines"/>, <see cref="Mapping.BuildId"/> and <see cref="Mapping.DebugInfo"/> of a profile.</summary>
public static class ProfileSymbolizer
{
    /// <summary>Names every location that has no lines yet. Missing files are no error: they end in <see cref="Mapping.DebugInfo"/> and a warning.</summary>
    public static void Symbolize(
        Profile profile, SymbolizeOptions options, IFileSource files, IProgress<ProgressStep>? progress, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
    }
}
