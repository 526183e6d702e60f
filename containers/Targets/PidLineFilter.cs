using System.Text;

namespace MemTools.Containers.Targets;

/// <summary>Takes the shell's first line, with the process id, off the program's standard error.</summary>
internal sealed class PidLineFilter(Action<ReadOnlyMemory<byte>> next)
{
    private const int MaxBytes = 64;
    private readonly TaskCompletionSource<int> pid = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private MemoryStream? first = new();

    /// <summary>The process id; 0 when the stream ended or went on without it.</summary>
    public Task<int> Pid => pid.Task;

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
        if (all.Length > skip)
            next(all.AsMemory(skip));
        pid.TrySetResult(found ?? 0);
    }
}
