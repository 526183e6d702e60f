using System.Text;

namespace MemTools.Containers.Targets;

/// <summary>Takes the shell's first line, with the process id, off the program's standard error.</summary>
internal sealed class PidLineFilter(Action<ReadOnlyMemory<byte>> next)
{
    private const int MaxBytes = 64;
    private readonly TaskCompletionSource<int> pid = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private MemoryStream? first = new();

    /// <summary>
    /// The process id; 0 when the stream ended or went on without it. The command runs already: who cancels must be able to end it, and so gets the id all the
    /// same, if it comes in time.
    /// </summary>
    public async Task<int> PidAsync(TimeSpan grace, CancellationToken cancellation)
    {
        try
        {
            return await pid.Task.WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            return await Task.WhenAny(pid.Task, Task.Delay(grace, CancellationToken.None)) == pid.Task ? await pid.Task : 0;
        }
    }

    public void Add(ReadOnlyMemory<byte> bytes)
    {
        if (first is null)
        {
            next(bytes);
            return;
        }

        first.Write(bytes.Span);
        int end = first.GetBuffer().AsSpan(0, (int)first.Length).IndexOf((byte)'\n');
        if (end < 0 && first.Length < MaxBytes)
            return;
        Release(end);
    }

    /// <summary>To be called at the stream's end.</summary>
    public void Finish()
    {
        if (first is not null)
            Release(-1);
    }

    private void Release(int end)
    {
        byte[] all = first!.ToArray();
        first = null;
        int? found = end < 0 ? null : ExecCommand.ReadPid(Encoding.ASCII.GetString(all, 0, end));
        int skip = found is null ? 0 : end + 1;
        pid.TrySetResult(found ?? 0);
        if (all.Length > skip)
            next(all.AsMemory(skip));
    }
}
