namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>Counts the bytes read while resolving, so that tables made to be read over and over end in a warning, not in hours.</summary>
internal sealed class WorkBudget(long limit)
{
    private long left = limit;

    /// <summary>Takes the work out of the budget.</summary>
    /// <exception cref="DwarfException">The budget is spent.</exception>
    public void Spend(long bytes)
    {
        if (Interlocked.Add(ref left, -bytes) < 0)
            throw new DwarfException("its tables refer to each other so often that reading them exceeds the work limit");
    }
}
