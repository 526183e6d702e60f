using System.Buffers.Binary;
using System.Text;
using MemTools.Containers.Engine;

namespace MemTools.Tests.Containers;

public class StreamDemultiplexerTests
{
    private static byte[] Frame(byte kind, string text)
    {
        byte[] payload = Encoding.UTF8.GetBytes(text);
        byte[] frame = new byte[8 + payload.Length];
        frame[0] = kind;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(4), (uint)payload.Length);
        payload.CopyTo(frame, 8);
        return frame;
    }

    private static async Task<(byte[] Output, byte[] Error)> SplitAsync(byte[] stream, int chunk, bool isTty = false)
    {
        using MemoryStream output = new(), error = new();
        await StreamDemultiplexer.CopyAsync(
            new ChunkedStream(stream, chunk), isTty, m => output.Write(m.Span), m => error.Write(m.Span), TestContext.Current.CancellationToken);
        return (output.ToArray(), error.ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(100_000)]
    public async Task Reads_arrive_in_any_pieces(int chunk)
    {
        byte[] stream = [.. Frame(1, "out "), .. Frame(2, "err"), .. Frame(1, ""), .. Frame(1, new string('x', 70_000)), .. Frame(2, "\n")];
        (byte[] output, byte[] error) = await SplitAsync(stream, chunk);
        Assert.Equal("out " + new string('x', 70_000), Encoding.UTF8.GetString(output));
        Assert.Equal("err\n", Encoding.UTF8.GetString(error));
    }

    [Fact]
    public async Task A_character_split_over_frames_stays_whole()
    {
        byte[] euro = Encoding.UTF8.GetBytes("€");
        byte[] first = [1, 0, 0, 0, 0, 0, 0, 1, euro[0]], second = [1, 0, 0, 0, 0, 0, 0, 2, euro[1], euro[2]];
        (byte[] output, _) = await SplitAsync([.. first, .. Frame(2, "between"), .. second], 4);
        Assert.Equal("€", Encoding.UTF8.GetString(output));
    }

    [Fact]
    public async Task A_frame_cut_in_its_payload_passes_on_what_came()
    {
        (byte[] output, _) = await SplitAsync([.. Frame(1, "whole"), .. Frame(1, "half")[..10]], 64);
        Assert.Equal("wholeha", Encoding.UTF8.GetString(output));
    }

    [Fact]
    public async Task A_frame_cut_in_its_header_is_an_error() =>
        await Assert.ThrowsAsync<InvalidDataException>(() => SplitAsync([.. Frame(1, "whole"), 1, 0, 0], 64));

    [Theory]
    [InlineData((byte)4)]
    [InlineData((byte)'H')]
    [InlineData((byte)255)]
    public async Task A_frame_of_unknown_kind_is_an_error(byte kind) =>
        await Assert.ThrowsAsync<InvalidDataException>(() => SplitAsync(Frame(kind, "x"), 64));

    [Fact]
    public async Task A_length_of_four_gigabytes_allocates_nothing()
    {
        (byte[] output, _) = await SplitAsync([1, 0, 0, 0, 255, 255, 255, 255, (byte)'a'], 64);
        Assert.Equal("a"u8.ToArray(), output);
    }

    [Fact]
    public async Task A_terminals_stream_is_not_framed()
    {
        byte[] stream = Frame(1, "not a frame");
        (byte[] output, byte[] error) = await SplitAsync(stream, 5, isTty: true);
        Assert.Equal(stream, output);
        Assert.Empty(error);
    }

    /// <summary>Gives at most a chunk per read.</summary>
    private sealed class ChunkedStream(byte[] bytes, int chunk) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(chunk, buffer.Length)], cancellationToken);
    }
}
