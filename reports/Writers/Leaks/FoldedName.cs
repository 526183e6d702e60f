using System.Text;
using MemTools.Reports.Graph;

namespace MemTools.Reports.Writers;

/// <summary>C++ names that are too long for their place, with the parts that say least folded to <c>…</c>; the whole name is in JSON and CSV.</summary>
public static class FoldedName
{
    private const char Ellipsis = '…';
    private static readonly (string Long, string Short)[] Spellings =
    [
        ("std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >", "std::string"),
        ("std::__1::basic_string<char, std::__1::char_traits<char>, std::__1::allocator<char> >", "std::string"),
        ("std::basic_string_view<char, std::char_traits<char> >", "std::string_view"),
        ("std::__cxx11::", "std::"),
        ("std::__1::", "std::"),
    ];

    /// <summary>
    /// The name in at most <paramref name="width"/> characters where folding can do it, in this order and only as far as needed: the usual spelling of
    /// <c>std::string</c>, no return type, template arguments as <c>&lt;…&gt;</c>, parameters as <c>(…)</c>, neither. It is never cut.
    /// </summary>
    public static string Fit(string name, int width)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length <= width)
            return name;
        string usual = name;
        foreach ((string spelling, string shorter) in Spellings)
            usual = usual.Replace(spelling, shorter, StringComparison.Ordinal);
        if (usual.Length <= width || usual.AsSpan().IndexOfAny('(', '<') < 0)
            return usual;
        string[] forms = [Fold(usual, false, false), Fold(usual, true, false), Fold(usual, true, true)];
        return Array.Find(forms, form => form.Length <= width) ?? ShortName.Of(usual);
    }

    private static string Fold(string name, bool templates, bool parameters)
    {
        var result = new StringBuilder(name.Length);
        int begin = 0;
        bool behindParameters = false;
        for (int at = 0; at < name.Length;)
        {
            char one = name[at];
            if (ShortName.IsOperator(name, at))
            {
                int end = ShortName.OperatorEnd(name, at + ShortName.Operator.Length);
                result.Append(name, at, end - at);
                at = end;
                // binutils sets a blank between an operator and its template arguments.
                if (name.AsSpan(at).StartsWith(" <"))
                {
                    result.Append(' ');
                    at++;
                }
            }
            else if (name.AsSpan(at).StartsWith(ShortName.Anonymous))
            {
                result.Append(ShortName.Anonymous);
                at += ShortName.Anonymous.Length;
            }
            else if (one is '(' or '<' or '[' or '{' && ShortName.Close(name, at) is >= 0 and int close)
            {
                behindParameters |= one == '(';
                string inside = name[(at + 1)..close];
                string folded = one switch
                {
                    '<' when templates && inside.Length > 0 => Ellipsis.ToString(),
                    '(' when parameters && inside.Length > 0 => Ellipsis.ToString(),
                    '(' when templates => FoldTemplates(inside),
                    _ => inside,
                };
                result.Append(one).Append(folded).Append(name[close]);
                at = close + 1;
            }
            else
            {
                // What stands before a blank is the return type, or a qualifier is behind it.
                if (one == ' ' && !behindParameters && !name.AsSpan(at + 1).StartsWith("["))
                    begin = result.Length + 1;
                result.Append(one);
                at++;
            }
        }

        return begin < result.Length ? result.ToString(begin, result.Length - begin).TrimStart('*', '&') : name;
    }

    /// <summary>Types of parameters, each with its template arguments folded.</summary>
    private static string FoldTemplates(string types)
    {
        var result = new StringBuilder(types.Length);
        for (int at = 0; at < types.Length;)
        {
            if (types[at] == '<' && ShortName.Close(types, at) is >= 0 and int close)
            {
                result.Append('<').Append(Ellipsis).Append('>');
                at = close + 1;
            }
            else
            {
                result.Append(types[at++]);
            }
        }

        return result.ToString();
    }
}
