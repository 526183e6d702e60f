using System.Globalization;
using MemTools.Reports.Errors;

namespace MemTools.Allocators.Catalog;

/// <summary>Turns allocator options (<c>-AllocatorOption</c>) into environment variables, checked against the catalogue.</summary>
public static class AllocatorOptions
{
    /// <summary>
    /// The environment variables that set these options.
    /// </summary>
    /// <param name="entry">Whose options.</param>
    /// <param name="version">Version of the library, to refuse what it ignores; null when unknown.</param>
    /// <param name="options">Option to value. Names are the catalogue's, ignoring case; the prefix may be left out (<c>RECLAIM_MEMORY</c>, <c>arena_max</c>).</param>
    /// <param name="existing">
    /// Values that carriers (MALLOC_CONF and its like) already have, by variable; new pairs go behind them, where the last one wins. Null for none.
    /// </param>
    /// <returns>Variable to value; carriers hold all their pairs.</returns>
    /// <exception cref="MemToolsException"><c>UnknownAllocatorOption</c>, <c>InvalidAllocatorOption</c>, <c>AllocatorOptionNotInVersion</c>.</exception>
    public static IReadOnlyDictionary<string, string> ToEnvironment(
        CatalogEntry entry, string? version, IReadOnlyDictionary<string, string> options,
        IReadOnlyDictionary<string, string>? existing = null)
    {
        var environment = new Dictionary<string, string>();
        foreach (var (name, value) in options)
        {
            var variable = Find(entry, name);
            if (Former(variable, name) is { } former)
            {
                // Older libraries know only the former name, newer ones still read it.
                variable = variable with { Name = former, Since = null };
            }

            if (!variable.AppliesTo(version))
            {
                throw new MemToolsException(
                    "AllocatorOptionNotInVersion", MemToolsErrorCategory.InvalidArgument,
                    $"{entry.Name} {version} ignores {variable.Name}: it is known {Range(variable)}.", name,
                    $"Leave it out, or install another version: Install-Allocator {entry.Name} -Version / memtools install {entry.Name} --version.");
            }

            Check(variable, value, name);
            if (variable.Carrier is { } carrier)
            {
                var before = environment.GetValueOrDefault(carrier.Name) ?? existing?.GetValueOrDefault(carrier.Name);
                var pair = $"{variable.Name}{carrier.Assign}{value}";
                environment[carrier.Name] = string.IsNullOrEmpty(before) ? pair : $"{before}{carrier.Separator}{pair}";
            }
            else
            {
                environment[variable.Name] = value;
            }
        }

        return environment;
    }

    private static AllocatorVariable Find(CatalogEntry entry, string name)
    {
        var found = entry.FindVariable(name)
            ?? entry.Variables.FirstOrDefault(v => Is(v.Name, name)) ?? entry.Variables.FirstOrDefault(v => Former(v, name) is not null);
        if (found is not null)
        {
            return found;
        }

        var near = Spelling.Nearest(name, entry.Variables.Select(v => v.Name))
            ?? Spelling.Nearest(name, entry.Variables.Select(v => ShortName(v.Name)));
        throw new MemToolsException(
            "UnknownAllocatorOption", MemToolsErrorCategory.InvalidArgument, $"{entry.Name} has no option '{name}'.", name,
            (near is null ? "" : $"Did you mean {near}? ") + "docs/allocators.md lists the options of each allocator.");
    }

    private static bool Is(string full, string name) =>
        full.Equals(name, StringComparison.OrdinalIgnoreCase) || ShortName(full).Equals(name, StringComparison.OrdinalIgnoreCase);

    private static string? Former(AllocatorVariable variable, string name) => variable.FormerNames.FirstOrDefault(f => Is(f, name));

    private static string ShortName(string name)
    {
        foreach (var prefix in (ReadOnlySpan<string>)["TCMALLOC_", "HEAP_CHECK_", "HEAP_PROFILE_", "MIMALLOC_", "glibc.malloc.", "TBB_MALLOC_"])
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal))
            {
                return name[prefix.Length..];
            }
        }

        return name;
    }

    private static void Check(AllocatorVariable variable, string value, string name)
    {
        const NumberStyles whole = NumberStyles.AllowLeadingSign;
        var invariant = CultureInfo.InvariantCulture;
        var fits = variable.Type switch
        {
            VariableType.Boolean => value.ToLowerInvariant() is "0" or "1" or "true" or "false" or "t" or "f" or "yes" or "no" or "y" or "n" or "on" or "off",
            VariableType.Integer or VariableType.Milliseconds or VariableType.Seconds => long.TryParse(value, whole, invariant, out _),
            // mimalloc and glibc's tunables take a suffix (64K, 1GiB) and glibc hexadecimal too.
            VariableType.Bytes => value.Length > 0 && char.IsAsciiDigit(value[0]),
            VariableType.Signal => int.TryParse(value, whole, invariant, out var signal) && signal is > 0 and < 65,
            VariableType.Number => double.TryParse(value, NumberStyles.Float, invariant, out _),
            VariableType.Choice => variable.Choices.Contains(value),
            _ => true,
        };
        if (!fits)
        {
            var wanted = variable.Type == VariableType.Choice ? string.Join(", ", variable.Choices) : variable.Type.ToString();
            throw new MemToolsException(
                "InvalidAllocatorOption", MemToolsErrorCategory.InvalidArgument,
                $"'{value}' is no value for {variable.Name}: expected {wanted}.", name, variable.Meaning);
        }

        if (value.Contains('\0') || (variable.Carrier is { } carrier && value.Contains(carrier.Separator)))
        {
            throw new MemToolsException(
                "InvalidAllocatorOption", MemToolsErrorCategory.InvalidArgument,
                $"The value of {variable.Name} has a character that {variable.Carrier?.Name ?? "an environment variable"} cannot carry.", name,
                "Choose a value (for a path: another folder) without it.");
        }
    }

    private static string Range(AllocatorVariable variable) => (variable.Since, variable.Removed) switch
    {
        ({ } since, { } removed) => $"from {since} to before {removed}",
        ({ } since, null) => $"since {since}",
        (null, { } removed) => $"before {removed}",
        _ => "in every version",
    };
}
