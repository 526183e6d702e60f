using System.Text;

namespace MemTools.Reports.Readers;

/// <summary>Receives bytes; they are only valid during the call.</summary>
public delegate void ByteSink(ReadOnlySpan<byte> bytes);

/// <summary>
/// Fed with a process's standard error as it comes, tells the program's bytes from the heap checker's lines and collects what the
/// checker says. Program bytes are handed on at once, even in the middle of a line, as soon as they cannot be the beginning of a
/// checker's message; a program's line without a newline in front of a message is cut off from it. Memory does not grow with the
/// length of the stream or of a line.
/// </summary>
/// <param name="onProgram">Gets the program's bytes in order; null to drop them.</param>
/// <param name="onChecker">Gets the checker's lines, each with its newline (if it has one); null to drop them.</param>
public sealed class HeapCheckLineClassifier(ByteSink? onProgram = null, ByteSink? onChecker = null)
{
    private const int SliceLength = 64 * 1024;
    private const int MaxMessage = 64 * 1024;

    /// <summary>Look-alike beginnings tried in one line, so that a hostile line costs no more than its length.</summary>
    private const int MaxAttempts = 32;

    private readonly HeapCheckLogBuilder builder = new();
    private char[] buffer = new char[2 * SliceLength];
    private byte[] output = new byte[SliceLength];
    private int length;
    private int shown;
    private long totalBytes;
    private bool previousWasChecker;
    private bool bufferStartsMidLine;

    /// <summary>Takes the next bytes.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        totalBytes += bytes.Length;
        while (!bytes.IsEmpty)
        {
            ReadOnlySpan<byte> slice = bytes[..Math.Min(SliceLength, bytes.Length)];
            bytes = bytes[slice.Length..];
            if (length + slice.Length > buffer.Length)
            {
                Array.Resize(ref buffer, length + slice.Length);
            }

            Encoding.Latin1.GetChars(slice, buffer.AsSpan(length));
            length += slice.Length;
            TakeLines();
            TakePartialLine();
        }
    }

    /// <summary>
    /// Hands on program bytes that are held back because they could still become a message. For callers that show the output live: call
    /// it when nothing came for a moment, so that a prompt which happens to begin like a message does not stay hidden.
    /// </summary>
    public void FlushPending() => Show(length);

    /// <summary>Ends the stream and returns what the checker said.</summary>
    public HeapCheckLog Complete()
    {
        if (length > 0)
        {
            TakeLine(0, length, length);
            length = 0;
            shown = 0;
        }

        return builder.Build(totalBytes);
    }

    private void TakeLines()
    {
        int position = 0;
        while (position < length)
        {
            ReadOnlySpan<char> rest = buffer.AsSpan(position, length - position);
            if (rest[0] == '\n' && previousWasChecker && builder.InReport && shown <= position)
            {
                // The checker's own empty lines between the parts of a report.
                Emit(onChecker, position, position + 1);
                position++;
                shown = position;
                continue;
            }

            int head = rest.IndexOfAny(builder.InReport ? HeapCheckGrammar.Inside : HeapCheckGrammar.Outside);
            int lineStart = head < 0 ? rest.LastIndexOf('\n') + 1 : rest[..head].LastIndexOf('\n') + 1;
            if (lineStart > 0)
            {
                Show(position + lineStart);
                builder.AddProgramLine();
                previousWasChecker = false;
                position += lineStart;
            }

            if (head < 0)
            {
                break;
            }

            int end = buffer.AsSpan(position, length - position).IndexOf('\n');
            if (end < 0)
            {
                break;
            }

            TakeLine(position, position + end, position + end + 1);
            position += end + 1;
        }

        if (position > 0)
        {
            Drop(position);
            bufferStartsMidLine = false;
        }
    }

    /// <summary>A whole line (its newline, if any, lies between end and next) that has the beginning of a message somewhere in it.</summary>
    private void TakeLine(int start, int end, int next)
    {
        int textEnd = end > start && buffer[end - 1] == '\r' ? end - 1 : end;
        int attempts = 0;
        for (int at = start; at < textEnd && attempts < MaxAttempts; attempts++)
        {
            int head = buffer.AsSpan(at, textEnd - at).IndexOfAny(builder.InReport ? HeapCheckGrammar.Inside : HeapCheckGrammar.Outside);
            if (head < 0)
            {
                break;
            }

            at += head;
            bool startsLine = at == start && !(start == 0 && bufferStartsMidLine);
            if (HeapCheckGrammar.TryParse(buffer.AsSpan(at, textEnd - at), builder.InReport, out HeapCheckLine line)
                && builder.Add(in line, buffer.AsSpan(at, textEnd - at), startsLine))
            {
                Show(at);
                Emit(onChecker, Math.Max(at, shown), next);
                shown = Math.Max(shown, next);
                previousWasChecker = true;
                return;
            }

            at++;
        }

        Show(next);
        if (buffer.AsSpan(start, textEnd - start).StartsWith("\t@ "))
        {
            builder.RejectRecord();
        }

        builder.AddProgramLine();
        previousWasChecker = false;
    }

    /// <summary>Shows what it can of an incomplete line and keeps its length bounded.</summary>
    private void TakePartialLine()
    {
        ReadOnlySpan<char> partial = buffer.AsSpan(0, length);
        int head = partial.IndexOfAny(builder.InReport ? HeapCheckGrammar.Inside : HeapCheckGrammar.Outside);
        int possible = head >= 0 ? head : HeapCheckGrammar.PossibleHead(partial, builder.InReport);
        if (possible > shown)
        {
            Show(possible);
            builder.AddProgramLine();
            previousWasChecker = false;
        }

        if (length - possible > MaxMessage)
        {
            // No message is that long.
            possible = length - HeapCheckGrammar.LongestHead;
            Show(possible);
        }

        int drop = Math.Min(possible, shown);
        if (drop > 0)
        {
            Drop(drop);
            bufferStartsMidLine = true;
        }
    }

    private void Drop(int count)
    {
        if (count > 0)
        {
            buffer.AsSpan(count, length - count).CopyTo(buffer);
            length -= count;
            shown = Math.Max(0, shown - count);
        }
    }

    private void Show(int end)
    {
        if (end > shown)
        {
            Emit(onProgram, shown, end);
            shown = end;
        }
    }

    private void Emit(ByteSink? sink, int start, int end)
    {
        if (sink is null || end <= start)
        {
            return;
        }

        if (output.Length < end - start)
        {
            output = new byte[end - start];
        }

        int count = Encoding.Latin1.GetBytes(buffer.AsSpan(start, end - start), output);
        sink(output.AsSpan(0, count));
    }
}
