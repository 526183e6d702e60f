namespace MemTools.Reports;

/// <summary>A step of long work, for a progress bar.</summary>
/// <param name="Activity">What is being done, for example <c>Reading report</c>.</param>
/// <param name="Fraction">0 to 1, or a negative number when unknown.</param>
/// <param name="Detail">The thing worked on, for example a file; may be null.</param>
public readonly record struct ProgressStep(string Activity, double Fraction, string? Detail = null);
