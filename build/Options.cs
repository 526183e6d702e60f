namespace MemTools.Build;

/// <summary>A task's few options, taken out one by one; what is left is an error.</summary>
internal sealed class Options(string[] arguments)
{
    private readonly List<string> _rest = [.. arguments];

    /// <summary>The value of <c>--name VALUE</c>; null when it is not given.</summary>
    public string? Value(string name)
    {
        var at = _rest.IndexOf(name);
        if (at < 0)
            return null;
        if (at + 1 >= _rest.Count)
            throw new BuildFailure($"{name} needs a value");
        var value = _rest[at + 1];
        _rest.RemoveRange(at, 2);
        return value;
    }

    public bool Flag(string name) => _rest.Remove(name);

    /// <summary>Takes everything that is left.</summary>
    public string[] Rest()
    {
        var rest = _rest.ToArray();
        _rest.Clear();
        return rest;
    }

    public void End()
    {
        if (_rest.Count > 0)
            throw new BuildFailure($"unknown option '{_rest[0]}'");
    }
}
