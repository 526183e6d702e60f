namespace MemTools.Reports.Symbols.Collections;

/// <summary>Sorts numbers together with their positions, stably, byte by byte; bytes that all numbers share cost one pass over them.</summary>
internal static class RadixSort
{
    /// <summary>Sorts the first <paramref name="count"/> keys ascending and moves the values along.</summary>
    public static void Sort(ulong[] keys, int[] values, int count)
    {
        ulong differ = 0;
        bool sorted = true;
        for (int i = 1; i < count; i++)
        {
            differ |= keys[i] ^ keys[0];
            sorted &= keys[i] >= keys[i - 1];
        }

        if (sorted)
            return;
        ulong[] fromKeys = keys, toKeys = new ulong[count];
        int[] fromValues = values, toValues = new int[count];
        int[] places = new int[256];
        for (int shift = 0; shift < 64; shift += 8)
        {
            if ((differ >> shift & 255) == 0)
                continue;
            Array.Clear(places);
            for (int i = 0; i < count; i++)
                places[(int)(fromKeys[i] >> shift & 255)]++;
            for (int b = 0, at = 0; b < 256; b++)
            {
                int n = places[b];
                places[b] = at;
                at += n;
            }

            for (int i = 0; i < count; i++)
            {
                int place = places[(int)(fromKeys[i] >> shift & 255)]++;
                toKeys[place] = fromKeys[i];
                toValues[place] = fromValues[i];
            }

            (fromKeys, toKeys) = (toKeys, fromKeys);
            (fromValues, toValues) = (toValues, fromValues);
        }

        if (!ReferenceEquals(fromKeys, keys))
        {
            Array.Copy(fromKeys, keys, count);
            Array.Copy(fromValues, values, count);
        }
    }

    /// <summary>0, 1, 2, ….</summary>
    public static int[] Positions(int count)
    {
        int[] result = new int[count];
        for (int i = 0; i < count; i++)
            result[i] = i;
        return result;
    }

    /// <summary>Index of the first of the ascending numbers in [from, to) that is not below <paramref name="value"/>.</summary>
    public static int LowerBound(ulong[] numbers, int from, int to, ulong value)
    {
        while (from < to)
        {
            int middle = (int)((uint)(from + to) >> 1);
            if (numbers[middle] < value)
                from = middle + 1;
            else
                to = middle;
        }

        return from;
    }
}
