using MemTools.Reports.Readers;

namespace MemTools.Allocators.HeapCheck.Gperftools;

/// <summary>Fits <see cref="HeapCheckLineClassifier"/> to a launch.</summary>
internal sealed class GperftoolsText : ICheckerText
{
    private readonly HeapCheckLineClassifier classifier;

    public GperftoolsText(Action<ReadOnlyMemory<byte>>? onProgram, Action<ReadOnlyMemory<byte>>? onChecker) =>
        classifier = new HeapCheckLineClassifier(Sink(onProgram), Sink(onChecker));

    /// <inheritdoc/>
    public void Feed(ReadOnlySpan<byte> bytes) => classifier.Feed(bytes);

    /// <inheritdoc/>
    public void FlushPending() => classifier.FlushPending();

    /// <inheritdoc/>
    public object Complete() => classifier.Complete();

    private static ByteSink? Sink(Action<ReadOnlyMemory<byte>>? action)
    {
        if (action is null)
            return null;
        byte[] buffer = [];
        return bytes =>
        {
            if (buffer.Length < bytes.Length)
                buffer = new byte[Math.Max(bytes.Length, 4096)];
            bytes.CopyTo(buffer);
            action(buffer.AsMemory(0, bytes.Length));
        };
    }
}
