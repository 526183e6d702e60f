namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>Counts the bytes read while resolving, so that tables made to be read over and over end in a warning, not in hours.</summary>
internal sealed class WorkBudget(long limit)
{
    private long left = limit;

    /// <summary>True once more was spent than there was: from then on nothing more is read.</summary>
    public bool IsSpent => Volatile.Read(ref left) < 0;

    /// <summary>Takes the work out of the budget.</summary>
    /// <exception cref="DwarfException">The budget is spent.</exception>
    public void Spend(long bytes)
    {
        if (Interlocked.Add(ref left, -bytes) < 0)
            throw new DwarfException("its tables refer to each other so often that reading them exceeds the work limit");
    }
}

/// <summary>One thread's share of the work, counted in large steps so that threads do not wait for each other.</summary>
internal sealed class WorkMeter(WorkBudget budget)
{
    private const long Step = 1 << 20;
    private long pending;

    /// <summary>Counts bytes; with 0, before work whose extent is not known yet, only makes sure that there is something left.</summary>
    /// <exception cref="DwarfException">The module's budget is spent.</exception>
    public void Spend(long bytes)
    {
        pending += bytes;
        if (pending < Step && !budget.IsSpent)
            return;
        long all = pending;
        pending = 0;
        budget.Spend(all);
    }
}
