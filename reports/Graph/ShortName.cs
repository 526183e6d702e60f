using System.Buffers;
using System.Text;

namespace MemTools.Reports.Graph;

/// <summary>
/// A C++ name without parameters, template arguments and return type, which is how both pprofs name functions: <c>void std::list&lt;int&gt;::push(int)
/// const</c> becomes <c>std::list::push</c>. Operators, <c>(anonymous namespace)</c> and what stands in braces (lambdas, unnamed types) stay.
/// </summary>
public static class ShortName
{
    internal const string Anonymous = "(anonymous namespace)";
    internal const string Operator = "operator";
    private static readonly SearchValues<char> Symbols = SearchValues.Create("+-*/%^&|~!=,\"");

    /// <summary>Shortens a demangled name; one that is not C++ stays as it is.</summary>
    public static string Of(string name)
    {
        if (name.AsSpan().IndexOfAny('(', '<') < 0)
            return name;
        var result = new StringBuilder(name.Length);
        int begin = 0;
        for (int at = 0; at < name.Length;)
        {
            char one = name[at];
            if (IsOperator(name, at))
            {
                int end = OperatorEnd(name, at + Operator.Length);
                result.Append(name, at, end - at);
                at = end;
            }
            else if (name.AsSpan(at).StartsWith(Anonymous))
            {
                result.Append(Anonymous);
                at += Anonymous.Length;
            }
            else if (one is '(' or '<' or '[' && Close(name, at) is >= 0 and int close)
            {
                // "[clone .cold]" and "[abi:cxx11]" belong to the name.
                if (one == '[')
                    result.Append(name, at, close + 1 - at);
                at = close + 1;
            }
            else if (one == '{' && Close(name, at) is >= 0 and int brace)
            {
                result.Append(name, at, brace + 1 - at);
                at = brace + 1;
            }
            else
            {
                // What stands before a blank is the return type, or the blank is before a qualifier behind the parameters.
                ReadOnlySpan<char> rest = one == ' ' ? name.AsSpan(at).TrimStart(' ') : default;
                if (IsQualifier(rest))
                    break;
                if (one == ' ' && !rest.StartsWith("["))
                    begin = result.Length + 1;
                result.Append(one);
                at++;
            }
        }

        string shortened = begin < result.Length ? result.ToString(begin, result.Length - begin).Trim() : "";
        return shortened.Length > 0 ? shortened.TrimStart('*', '&') : name;
    }

    internal static bool IsQualifier(ReadOnlySpan<char> text) => text.StartsWith("const") && (text.Length == 5 || !IsWord(text[5]))
        || text.StartsWith("volatile") && (text.Length == 8 || !IsWord(text[8])) || text is "&" or "&&" || text.StartsWith("noexcept");

    internal static bool IsOperator(string name, int at) => name.AsSpan(at).StartsWith(Operator)
        && (at == 0 || !IsWord(name[at - 1])) && at + Operator.Length < name.Length && !IsWord(name[at + Operator.Length]);

    /// <summary>Where an operator's symbol or type ends.</summary>
    internal static int OperatorEnd(string name, int at)
    {
        ReadOnlySpan<char> rest = name.AsSpan(at);
        foreach (string symbol in (string[])["()", "[]", "<=>", "->*", "<<=", ">>=", "->", "<<", ">>", "<=", ">=", "<", ">"])
        {
            if (rest.StartsWith(symbol))
                return at + symbol.Length;
        }

        if (rest.StartsWith(" "))
        {
            // A conversion (operator std::string()) or new and delete, up to the parameters.
            int end = rest.IndexOfAny('(', '<');
            return end < 0 ? name.Length : rest[end] == '<' ? at + end : at + end;
        }

        int symbols = rest.IndexOfAnyExcept(Symbols);
        return symbols < 0 ? name.Length : at + symbols;
    }

    private static bool IsWord(char one) => char.IsLetterOrDigit(one) || one == '_';

    /// <summary>The bracket that closes one; -1 when there is none.</summary>
    internal static int Close(string name, int open)
    {
        int depth = 0;
        for (int at = open; at < name.Length; at++)
        {
            if (name[at] is '(' or '<' or '[' or '{' && !IsArrow(name, at))
                depth++;
            else if (name[at] is ')' or '>' or ']' or '}' && !IsArrow(name, at) && --depth == 0)
                return at;
        }

        return -1;
    }

    /// <summary>The &lt; and &gt; of operators and arrows inside other brackets are no brackets.</summary>
    private static bool IsArrow(string name, int at) => name[at] switch
    {
        '>' => at > 0 && (name[at - 1] == '-' || EndsOperator(name, at)),
        '<' => EndsOperator(name, at),
        _ => false,
    };

    private static bool EndsOperator(string name, int at)
    {
        int start = at;
        while (start > 0 && name[start - 1] is '<' or '>' or '=' or '-')
            start--;
        return start >= Operator.Length && name.AsSpan(start - Operator.Length, Operator.Length).SequenceEqual(Operator);
    }
}
