namespace MemTools.Reports.Readers.Pprof;

/// <summary>Labels of one sample after another. Samples with the same single label share it: most have their size and nothing else.</summary>
internal sealed class PprofLabels
{
    private readonly List<(string Key, string? Text, long Number)> current = [];
    private readonly Dictionary<(string, string), IReadOnlyDictionary<string, string>> texts = [];
    private readonly Dictionary<(string, long), IReadOnlyDictionary<string, long>> numbers = [];

    public void Clear() => current.Clear();

    public void Add(string key, string? text, long number) => current.Add((key, text, number));

    /// <summary>Text labels of the sample; null when it has none. Of equal keys the first counts.</summary>
    public IReadOnlyDictionary<string, string>? Texts() => Collect(texts, label => label.Text is not null, label => label.Text!);

    /// <summary>Number labels of the sample; null when it has none.</summary>
    public IReadOnlyDictionary<string, long>? Numbers() => Collect(numbers, label => label.Text is null, label => label.Number);

    private IReadOnlyDictionary<string, T>? Collect<T>(
        Dictionary<(string, T), IReadOnlyDictionary<string, T>> shared, Predicate<(string Key, string? Text, long Number)> wanted, Func<(string Key, string? Text, long Number), T> value)
    {
        int first = current.FindIndex(wanted);
        if (first < 0)
            return null;
        var key = (current[first].Key, value(current[first]));
        if (current.FindIndex(first + 1, wanted) < 0)
        {
            if (!shared.TryGetValue(key, out IReadOnlyDictionary<string, T>? known))
                shared.Add(key, known = new Dictionary<string, T>(1) { [key.Key] = key.Item2 });
            return known;
        }

        var several = new Dictionary<string, T>();
        foreach (var label in current.FindAll(wanted))
            several.TryAdd(label.Key, value(label));
        return several;
    }
}
