namespace MemTools.Reports.Model;

/// <summary>What one column of a profile's values counts, as profile.proto's ValueType.</summary>
/// <param name="Type">For example <c>objects</c>, <c>space</c>, <c>inuse_space</c>, <c>alloc_objects</c>.</param>
/// <param name="Unit">For example <c>count</c>, <c>bytes</c>, <c>nanoseconds</c>.</param>
public readonly record struct SampleType(string Type, string Unit);
