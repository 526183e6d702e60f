namespace MemTools.Help;

/// <summary>A cmdlet as its attributes describe it.</summary>
/// <param name="Name">Verb-Noun.</param>
/// <param name="DefaultSet">The default parameter set's name; null when there is none.</param>
/// <param name="SupportsShouldProcess">Has -WhatIf and -Confirm.</param>
/// <param name="OutputTypes">Full names of what it writes.</param>
/// <param name="Parameters">In the order of declaration.</param>
internal sealed record CommandInfo(
    string Name, string? DefaultSet, bool SupportsShouldProcess, IReadOnlyList<string> OutputTypes, IReadOnlyList<ParameterInfo> Parameters)
{
    /// <summary>Names of the parameter sets, the default one first.</summary>
    public IReadOnlyList<string> ParameterSets
    {
        get
        {
            var sets = Parameters.SelectMany(p => p.Uses).Select(u => u.Set).Where(s => s != ParameterUse.AllSets).Distinct().ToList();
            if (sets.Count == 0)
                return [ParameterUse.AllSets];
            return [.. sets.OrderBy(s => s != DefaultSet)];
        }
    }
}

/// <summary>A parameter.</summary>
internal sealed record ParameterInfo(
    string Name, string TypeName, bool IsSwitch, bool IsArray, IReadOnlyList<string> Aliases, IReadOnlyList<string> Values,
    bool Wildcards, IReadOnlyList<ParameterUse> Uses)
{
    /// <summary>How it is used in a set; null when it is not part of it.</summary>
    public ParameterUse? In(string set) => Uses.FirstOrDefault(u => u.Set == set) ?? Uses.FirstOrDefault(u => u.Set == ParameterUse.AllSets);
}

/// <summary>How a parameter set uses a parameter.</summary>
internal sealed record ParameterUse(string Set, bool Mandatory, int? Position, bool ByValue, bool ByPropertyName, bool Remaining)
{
    /// <summary>The name that stands for every set.</summary>
    public const string AllSets = "__AllParameterSets";

    /// <summary>As MAML words it.</summary>
    public string PipelineInput => (ByValue, ByPropertyName) switch
    {
        (true, true) => "True (ByPropertyName, ByValue)",
        (true, false) => "True (ByValue)",
        (false, true) => "True (ByPropertyName)",
        _ => "False",
    };
}
