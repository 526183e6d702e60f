namespace MemTools.Reports.Model;

/// <summary>A function, as profile.proto's Function. Interned: one instance per distinct value in a profile.</summary>
/// <param name="Name">Readable name (demangled).</param>
/// <param name="SystemName">Name as the linker knows it; equal to <paramref name="Name"/> when not mangled.</param>
/// <param name="FileName">Source file as the debug information records it; empty when unknown.</param>
/// <param name="StartLine">Line of the declaration, 1-based; 0 when unknown.</param>
public sealed record Function(string Name, string SystemName, string FileName, int StartLine = 0);
