using MemTools.Allocators.HeapCheck;

namespace MemTools.Allocators.Launch;

/// <summary>The program's environment: the target's, the caller's changes, and what MemTools sets, with the latter kept apart.</summary>
internal sealed class LaunchEnvironment
{
    private const string Preload = "LD_PRELOAD";
    private readonly Dictionary<string, string> all;
    private readonly Dictionary<string, string> set = new(StringComparer.Ordinal);
    private readonly List<string> warnings = [];

    public LaunchEnvironment(IReadOnlyDictionary<string, string> inherited, IReadOnlyDictionary<string, string?> changes)
    {
        all = new Dictionary<string, string>(inherited, StringComparer.Ordinal);
        foreach ((string name, string? value) in changes)
        {
            if (value is null)
                all.Remove(name);
            else
                all[name] = value;
        }
    }

    /// <summary>What the program gets.</summary>
    public IReadOnlyDictionary<string, string> All => all;

    /// <summary>What MemTools set, in the order in which it was set.</summary>
    public IReadOnlyDictionary<string, string> Set => set;

    public IReadOnlyList<string> Warnings => warnings;

    /// <summary>All names, sorted.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            string[] names = [.. all.Keys];
            Array.Sort(names, StringComparer.Ordinal);
            return names;
        }
    }

    /// <summary>Sets variables; one that the caller had set otherwise is replaced with a warning.</summary>
    public void Add(IReadOnlyDictionary<string, string> variables)
    {
        foreach ((string name, string value) in variables)
        {
            if (all.TryGetValue(name, out string? before) && before != value && !set.ContainsKey(name) && !value.StartsWith(before, StringComparison.Ordinal))
                warnings.Add($"{name} was set in the environment; for this run MemTools gives it another value.");
            all[name] = value;
            set[name] = value;
        }
    }

    /// <summary>Puts libraries in front of LD_PRELOAD; what was there is kept behind them.</summary>
    public void AddPreload(IReadOnlyList<string> libraries)
    {
        if (libraries.Count == 0)
            return;
        string before = all.GetValueOrDefault(Preload, "");
        var kept = new List<string>(libraries);
        foreach (string library in before.Split([':', ' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries))
            if (!kept.Contains(library))
                kept.Add(library);
        if (before.Length > 0)
            warnings.Add($"{Preload} was already set ({before}); it is kept behind {string.Join(", ", libraries)}.");
        string value = string.Join(':', kept);
        all[Preload] = value;
        set[Preload] = value;
    }
}
