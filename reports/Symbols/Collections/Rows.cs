namespace MemTools.Reports.Symbols.Collections;

/// <summary>
/// A growing array. List&lt;T&gt; over a type of this assembly has no code compiled ahead of time, so that a short run would spend more on
/// compiling it than on using it; and its items cannot be changed in place.
/// </summary>
internal sealed class Rows<T>(int capacity = 64)
{
    private T[] items = new T[capacity];

    public int Count { get; private set; }

    public ref T this[int index] => ref items[index];

    /// <summary>The items, followed by unused ones.</summary>
    public T[] Items => items;

    public void Add(in T item)
    {
        if (Count == items.Length)
            Grow(Count + 1);
        items[Count++] = item;
    }

    public void RemoveLast() => Count--;

    public void Clear() => Count = 0;

    /// <summary>Makes room for that many, and keeps what is there.</summary>
    public void Grow(int capacity)
    {
        if (capacity <= items.Length)
            return;
        var larger = new T[Math.Max(capacity, Math.Max(16, items.Length * 2))];
        Array.Copy(items, larger, Count);
        items = larger;
    }
}
