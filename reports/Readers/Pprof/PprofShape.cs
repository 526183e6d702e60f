namespace MemTools.Reports.Readers.Pprof;

/// <summary>Recognises profile.proto without a magic number: every field has a number and wire type of the schema.</summary>
internal static class PprofShape
{
    /// <summary>Fields that are messages or strings: types, samples, mappings, locations, functions, strings, period type, packed comments.</summary>
    private const int Delimited = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 6 | 1 << 11 | 1 << 13;

    /// <summary>Fields that are numbers: frames to drop and keep, times, period, comments, default type, documentation.</summary>
    private const int Numbers = 1 << 7 | 1 << 8 | 1 << 9 | 1 << 10 | 1 << 12 | 1 << 13 | 1 << 14 | 1 << 15;

    /// <summary>True when the bytes are such fields up to their end, of which the last may be cut.</summary>
    public static bool Matches(ReadOnlySpan<byte> beginning)
    {
        int fields = 0;
        var reader = new ProtoReader(beginning, 0);
        try
        {
            while (!reader.AtEnd)
            {
                (int field, int type) = reader.Key();
                if (field is < 1 or > 15 || ((type == 2 ? Delimited : type == 0 ? Numbers : 0) & (1 << field)) == 0)
                    return false;
                // A field that goes beyond the beginning is where the look ends.
                if (type == 0)
                    reader.Varint();
                else if (field is 1 or 11 ? !IsValueType(reader.Bytes(out long at), at) : reader.Bytes(out _).IsEmpty && field != 6)
                    return false;
                fields++;
            }
        }
        catch (ProtoException)
        {
            return fields > 0;
        }

        return fields > 0;
    }

    /// <summary>Two numbers, which tells a message from text that happens to begin with a line end.</summary>
    private static bool IsValueType(ReadOnlySpan<byte> body, long at)
    {
        var reader = new ProtoReader(body, at);
        while (!reader.AtEnd)
        {
            (int field, int type) = reader.Key();
            if (type != 0 || field is not (1 or 2))
                return false;
            reader.Varint();
        }

        return true;
    }
}
