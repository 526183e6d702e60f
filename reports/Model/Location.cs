namespace MemTools.Reports.Model;

/// <summary>One address of the profile, as profile.proto's Location.</summary>
public sealed class Location
{
    /// <summary>Address in the profiled process as recorded (for all but leaf frames of CPU profiles: a return address).</summary>
    public ulong Address { get; init; }

    /// <summary>
    /// True when <see cref="Address"/> is a return address, so that symbols belong to <c>Address - 1</c>.
    /// LeakSanitizer and valgrind already subtract one.
    /// </summary>
    public bool IsReturnAddress { get; init; } = true;

    /// <summary>Index into <see cref="Profile.Mappings"/>, or -1 when no mapping holds the address.</summary>
    public int MappingIndex { get; init; } = -1;

    /// <summary>Source positions, innermost inlined call first; empty before symbolization or when nothing is known.</summary>
    public Line[] Lines { get; set; } = [];
}
