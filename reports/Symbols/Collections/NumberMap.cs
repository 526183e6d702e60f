namespace MemTools.Reports.Symbols.Collections;

/// <summary>A map from numbers to numbers, by open addressing. Values are 0 or more.</summary>
internal sealed class NumberMap(int capacity = 256)
{
    // Values are kept plus one, so that 0 marks a free place and clearing is one pass.
    private ulong[] keys = new ulong[capacity];
    private int[] values = new int[capacity];
    private int count;

    /// <summary>The value, or -1.</summary>
    public int Find(ulong key)
    {
        int mask = keys.Length - 1;
        for (int i = Place(key, mask); values[i] != 0; i = (i + 1) & mask)
        {
            if (keys[i] == key)
                return values[i] - 1;
        }

        return -1;
    }

    /// <summary>Sets a value.</summary>
    public void Set(ulong key, int value)
    {
        if (count * 2 >= keys.Length)
            Grow();
        int mask = keys.Length - 1, i = Place(key, mask);
        while (values[i] != 0 && keys[i] != key)
            i = (i + 1) & mask;
        if (values[i] == 0)
            count++;
        keys[i] = key;
        values[i] = value + 1;
    }

    public void Clear()
    {
        if (count > 0)
            Array.Clear(values);
        count = 0;
    }

    private static int Place(ulong key, int mask) => (int)(key * 0x9e3779b97f4a7c15 >> 32) & mask;

    private void Grow()
    {
        ulong[] oldKeys = keys;
        int[] oldValues = values;
        keys = new ulong[oldKeys.Length * 2];
        values = new int[oldKeys.Length * 2];
        count = 0;
        for (int i = 0; i < oldKeys.Length; i++)
        {
            if (oldValues[i] != 0)
                Set(oldKeys[i], oldValues[i] - 1);
        }
    }
}
