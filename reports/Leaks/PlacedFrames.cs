using MemTools.Reports.Model;

namespace MemTools.Reports.Leaks;

/// <summary>
/// The frames of one location with what every record through it needs of them. Reports have many stacks over few locations, and names are dear to look into.
/// </summary>
internal sealed class PlacedFrames
{
    public PlacedFrames(StackFrame[] frames)
    {
        Frames = frames;
        var own = new List<StackFrame>();
        foreach (StackFrame frame in frames)
        {
            FrameOrigin origin = FrameOrigins.Of(frame);
            if (origin == FrameOrigin.Program)
            {
                own.Add(frame);
                if (!FrameOrigins.IsEntry(frame))
                    Own ??= frame;
            }
            else if (origin == FrameOrigin.Runtime)
                Runtime ??= frame;
        }

        OwnPrint = LeakFingerprint.Lines(own);
        WholePrint = own.Count == frames.Length ? OwnPrint : LeakFingerprint.Lines(frames);
        OwnLocation = (Own ?? Runtime ?? (frames.Length > 0 ? frames[0] : null))?.SourceLocation;
    }

    public StackFrame[] Frames { get; }

    /// <summary>The innermost frame of the program's own code; null for none.</summary>
    public StackFrame? Own { get; }

    /// <summary>The innermost frame of the runtime; null for none.</summary>
    public StackFrame? Runtime { get; }

    /// <summary>File and line of the first of <see cref="Own"/>, <see cref="Runtime"/> and the innermost frame.</summary>
    public string? OwnLocation { get; }

    /// <summary>The program's own frames as a fingerprint takes them.</summary>
    public byte[] OwnPrint { get; }

    /// <summary>All frames as a fingerprint takes them.</summary>
    public byte[] WholePrint { get; }
}
