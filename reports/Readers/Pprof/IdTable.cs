namespace MemTools.Reports.Readers.Pprof;

/// <summary>Ids of messages to their places. Writers number from 1 upwards, which needs no table; any other numbers get one.</summary>
internal sealed class IdTable(int capacity)
{
    private Dictionary<ulong, int>? places;
    private int count;

    /// <summary>The next message has this id. Of equal ids the last counts.</summary>
    public void Add(ulong id)
    {
        if (places is null && id != (ulong)count + 1)
        {
            places = new Dictionary<ulong, int>(capacity);
            for (int place = 0; place < count; place++)
                places[(ulong)place + 1] = place;
        }

        if (places is not null)
            places[id] = count;
        count++;
    }

    /// <summary>The place of an id, or -1.</summary>
    public int Find(ulong id) => places is null ? id - 1 < (ulong)count ? (int)(id - 1) : -1 : places.TryGetValue(id, out int place) ? place : -1;
}
