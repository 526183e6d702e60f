namespace MemTools.Reports.Model;

/// <summary>One source position of a location. A location with inlined calls has several, innermost first.</summary>
/// <param name="Function">The function the code belongs to.</param>
/// <param name="FileName">The file of the position itself (differs from the function's for included code); empty when unknown.</param>
/// <param name="LineNumber">1-based; 0 when unknown.</param>
/// <param name="Column">1-based; 0 when unknown.</param>
public readonly record struct Line(Function Function, string FileName, int LineNumber, int Column = 0);
