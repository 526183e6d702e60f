namespace MemTools.Reports.Model;

/// <summary>Lists of objects that scripts see. PowerShell cannot index the lists that the compiler makes of collection expressions: <c>$report.Leaks[0]</c> would be all of them.</summary>
public static class IndexableList
{
    /// <summary>The list itself where a script can index it, else its elements as an array.</summary>
    public static IReadOnlyList<T> Indexable<T>(this IReadOnlyList<T> list) => list is T[] or List<T> or System.Collections.ObjectModel.ReadOnlyCollection<T> or null ? list! : list.ToArray();
}
