namespace MemTools.Fuzz;

/// <summary>Makes inputs from inputs.</summary>
internal sealed class Mutator(Random random, IReadOnlyList<byte[]> words, int maxLength)
{
    private static readonly byte[] s_interesting = [0, 1, 0x7F, 0x80, 0xFF, (byte)'0', (byte)'9', (byte)'_', (byte)'E'];

    /// <summary>A changed copy of <paramref name="input"/>, with pieces of <paramref name="other"/>, perhaps.</summary>
    public byte[] Mutate(byte[] input, byte[] other)
    {
        var bytes = new List<byte>(input);
        for (int rounds = 1 << random.Next(5); rounds > 0; rounds--)
            Change(bytes, other);
        if (bytes.Count > maxLength)
            bytes.RemoveRange(maxLength, bytes.Count - maxLength);
        return [.. bytes];
    }

    private void Change(List<byte> bytes, byte[] other)
    {
        int at = random.Next(bytes.Count + 1);
        int length = Math.Min(bytes.Count - at, 1 + random.Next(16));
        switch (random.Next(10))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2 when at < bytes.Count:
                bytes[at] = s_interesting[random.Next(s_interesting.Length)];
                break;
            case 3:
                bytes.RemoveRange(at, length);
                break;
            case 4 when length > 0 && bytes.Count < maxLength:
                // A piece again and again: nesting.
                List<byte> piece = bytes.GetRange(at, length);
                for (int times = 1 << random.Next(8); times > 0 && bytes.Count < maxLength; times--)
                    bytes.InsertRange(at, piece);
                break;
            case 5 or 6 when words.Count > 0:
                bytes.InsertRange(at, words[random.Next(words.Count)]);
                break;
            case 7 when other.Length > 0:
                int from = random.Next(other.Length);
                bytes.InsertRange(at, other.AsSpan(from, Math.Min(other.Length - from, 1 + random.Next(64))).ToArray());
                break;
            case 8 when length > 0:
                List<byte> moved = bytes.GetRange(at, length);
                bytes.RemoveRange(at, length);
                bytes.InsertRange(random.Next(bytes.Count + 1), moved);
                break;
            default:
                if (at < bytes.Count)
                    bytes[at] = (byte)(bytes[at] + random.Next(-2, 3));
                break;
        }
    }
}
