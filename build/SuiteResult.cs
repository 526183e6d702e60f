namespace MemTools.Build;

/// <summary>What one suite, or all together, came to.</summary>
internal sealed class SuiteResult(string name)
{
    public string Name { get; } = name;

    public int Passed { get; set; }

    public int Failed { get; private set; }

    public int Skipped { get; private set; }

    /// <summary>How many tests each reason skipped.</summary>
    public Dictionary<string, int> SkipReasons { get; } = [];

    public List<string> Failures { get; } = [];

    public void Skip(string reason, int count = 1)
    {
        Skipped += count;
        SkipReasons[reason] = SkipReasons.GetValueOrDefault(reason) + count;
    }

    public void Fail(string what)
    {
        Failed++;
        Failures.Add(what);
    }

    public void Add(SuiteResult other)
    {
        Passed += other.Passed;
        foreach (var (reason, count) in other.SkipReasons)
            Skip($"{other.Name}: {reason}", count);
        foreach (var failure in other.Failures)
            Fail($"{other.Name}: {failure}");
    }
}
