namespace MemTools.Help;

/// <summary>A page must say what its cmdlet has, no more and no less.</summary>
internal static class PageCheck
{
    /// <summary>What is wrong; empty when all is well.</summary>
    public static IEnumerable<string> Check(CommandInfo command, CommandPage page)
    {
        if (page.Name != command.Name)
            yield return $"the title is '{page.Name}', not '{command.Name}'";
        if (page.Synopsis.Count != 1)
            yield return "one paragraph under the title is the synopsis";
        if (page.Description.Count == 0)
            yield return "no description";
        foreach (var parameter in command.Parameters.Where(p => !page.Parameters.ContainsKey(p.Name)))
            yield return $"parameter -{parameter.Name} is not described";
        foreach (var name in page.Parameters.Keys.Where(n => command.Parameters.All(p => p.Name != n)))
            yield return $"there is no parameter -{name}";
        if (page.Examples.Count < 2)
            yield return "at least two examples are needed";
        foreach (var example in page.Examples.Where(e => e.Code.Length == 0))
            yield return $"example '{example.Title}' has no code";
    }
}
