using System.Text;
using MemTools.Reports.Symbols.Demangle;

namespace MemTools.Tests.Symbols.Demangle;

/// <summary>The tables of tests/data/demangle.</summary>
internal static class DemangleData
{
    /// <summary>The table's lines, split at tabs, without comments.</summary>
    public static IReadOnlyList<string[]> Read(string name) =>
        [.. File.ReadLines(Path.Combine(Folder(), name)).Where(l => l.Length > 0 && l[0] != '#').Select(l => l.Split('\t'))];

    /// <summary>The readable names of one column of mangled ones that differ from the other column.</summary>
    public static IEnumerable<string> Disagreements(IEnumerable<string[]> table) =>
        from row in table
        let ours = Demangler.Demangle(row[0])
        where ours != row[1]
        select $"{row[0]}\n  is  {ours}\n  not {row[1]}";

    private static string Folder()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "MemTools.slnx")))
            folder = folder.Parent;
        Assert.NotNull(folder);
        return Path.Combine(folder.FullName, "tests", "data", "demangle");
    }
}
