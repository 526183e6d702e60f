using System.Collections;
using System.Globalization;

namespace MemTools.Commands;

/// <summary>Hashtables of the user's as the core's dictionaries.</summary>
internal static class Dictionaries
{
    /// <summary>Texts by name; booleans as HEAP_CHECK_* and MALLOC_CONF write them; null stays null.</summary>
    public static Dictionary<string, string?> Texts(IDictionary? source)
    {
        var result = new Dictionary<string, string?>(StringComparer.Ordinal);
        if (source is null)
            return result;
        foreach (DictionaryEntry entry in source)
            result[Text(entry.Key)!] = Text(entry.Value);
        return result;
    }

    private static string? Text(object? value) => (value is System.Management.Automation.PSObject wrapped ? wrapped.BaseObject : value) switch
    {
        null => null,
        bool flag => flag ? "true" : "false",
        var other => Convert.ToString(other, CultureInfo.InvariantCulture),
    };
}
