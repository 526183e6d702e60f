using System.Text;
using MemTools.Allocators.Catalog;

namespace MemTools.Tests.Allocators;

/// <summary>docs/allocators.md has the catalogue's tables. MEMTOOLS_UPDATE=1 writes them anew.</summary>
public sealed class AllocatorsPageTests
{
    private const string Mark = "<!-- tables of the catalogue -->";

    [Fact]
    public void The_page_is_up_to_date()
    {
        var folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "MemTools.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        Assert.SkipWhen(folder is null, "not run inside the repository");
        var path = Path.Combine(folder!, "docs", "allocators.md");
        var page = File.ReadAllText(path);
        var expected = page[..(page.IndexOf(Mark, StringComparison.Ordinal) + Mark.Length)] + "\n" + Render();
        if (Environment.GetEnvironmentVariable("MEMTOOLS_UPDATE") == "1")
        {
            File.WriteAllText(path, expected);
        }

        Assert.Equal(expected, File.ReadAllText(path));
    }

    private static string Render()
    {
        var text = new StringBuilder();
        foreach (var entry in AllocatorCatalog.All)
        {
            text.Append('\n').Append("## ").Append(entry.Name).Append("\n\n").Append(entry.Summary).Append('\n');
            if (entry.Aliases.Count > 0)
            {
                text.Append("Also: ").AppendJoin(", ", entry.Aliases).Append(".\n");
            }

            text.Append('\n').Append(entry.Sonames.Count > 0 ? "Library: " + string.Join(", ", entry.Sonames.Select(s => $"`{s}`")) : $"Program: `{entry.Program}`").Append(".\n\n");
            text.Append("| family | packages | note |\n|---|---|---|\n");
            foreach (var packages in entry.Packages)
            {
                text.Append($"| {packages.Family.ToString().ToLowerInvariant()} | {string.Join(", ", packages.Names)} | {packages.Note} |\n");
            }

            foreach (var group in entry.Variables.GroupBy(v => v.Carrier))
            {
                text.Append('\n').Append(group.Key is { } carrier ? $"In {carrier.Name}, as `key{carrier.Assign}value{carrier.Separator}…`:" : "Environment variables:").Append("\n\n");
                text.Append("| name | type | default | meaning | versions |\n|---|---|---|---|---|\n");
                foreach (var variable in group)
                {
                    text.Append($"| {variable.Name} | {Type(variable)} | {variable.Default} | {variable.Meaning} | {Versions(variable)} |\n");
                }
            }
        }

        return text.ToString();
    }

    private static string Type(AllocatorVariable variable) =>
        variable.Type == VariableType.Choice ? string.Join(", ", variable.Choices) : variable.Type.ToString().ToLowerInvariant();

    private static string Versions(AllocatorVariable variable) => string.Join(", ", new[]
    {
        variable.Since is null ? null : $"since {variable.Since}", variable.Removed is null ? null : $"before {variable.Removed}",
        variable.FormerNames.Count == 0 ? null : $"formerly {string.Join(", ", variable.FormerNames)}",
    }.OfType<string>());
}
