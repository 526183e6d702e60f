namespace MemTools.Reports.Symbols.Compression;

/// <summary>Reads what a stream holds as zstd frames.</summary>
internal sealed unsafe class ZstdStream : Stream
{
    private readonly Stream _source;
    private readonly byte[] _input = new byte[128 * 1024];
    private nint _decoder;
    private int _start;
    private int _end;
    private nuint _wanted;
    private bool _started;

    public ZstdStream(Stream source)
    {
        _source = source;
        _decoder = Libzstd.Create();
    }

    ~ZstdStream() => Dispose(false);

    public override bool CanRead => _decoder != 0;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_decoder == 0, this);
        if (buffer.IsEmpty)
            return 0;
        while (true)
        {
            // What is held back in the decoder comes first; new input only when there is none.
            int written = Decode(buffer);
            if (written > 0)
                return written;
            if (_start < _end)
                continue;
            _start = 0;
            _end = _source.Read(_input);
            if (_end > 0)
                continue;
            if (_started && _wanted != 0)
                throw NativeCodecs.Invalid(ZstdDecoder.Format, "it is cut short");
            return 0;
        }
    }

    private int Decode(Span<byte> buffer)
    {
        if (_start == _end && (!_started || _wanted == 0))
            return 0;
        fixed (byte* into = buffer)
        fixed (byte* from = _input)
        {
            var output = new Libzstd.ZstdBuffer { Bytes = into, Size = (nuint)buffer.Length };
            var input = new Libzstd.ZstdBuffer { Bytes = from, Size = (nuint)_end, Position = (nuint)_start };
            _wanted = Libzstd.Decompress(_decoder, &output, &input);
            if (Libzstd.IsError(_wanted))
                throw NativeCodecs.Invalid(ZstdDecoder.Format, Libzstd.ErrorName(_wanted));
            _started = true;
            _start = (int)input.Position;
            return (int)output.Position;
        }
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (_decoder != 0)
            Libzstd.Free(_decoder);
        _decoder = 0;
        if (disposing)
            _source.Dispose();
        base.Dispose(disposing);
    }
}
