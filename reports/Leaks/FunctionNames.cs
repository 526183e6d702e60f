namespace MemTools.Reports.Leaks;

/// <summary>Looks into demangled C++ names as far as origin and fingerprints need.</summary>
internal static class FunctionNames
{
    /// <summary>
    /// The qualified name from its outermost scope on, without a return type in front (template functions have one when demangled).
    /// </summary>
    public static ReadOnlySpan<char> WithoutReturnType(ReadOnlySpan<char> name)
    {
        int start = 0;
        int depth = 0;
        for (int i = 0; i < name.Length; i++)
        {
            switch (name[i])
            {
                case 'o' when depth == 0 && IsOperator(name, i):
                    return name[start..];
                case '<' or '{' or '[':
                    depth++;
                    break;
                case '>' or '}' or ']':
                    depth--;
                    break;
                case '(':
                    if (depth == 0 && !name[i..].StartsWith("(anonymous") && !name[start..i].EndsWith("decltype") && !name[start..i].EndsWith("decltype "))
                    {
                        return name[start..];
                    }

                    depth++;
                    break;
                case ')':
                    depth--;
                    break;
                case ' ' when depth == 0:
                    start = i + 1;
                    break;
            }
        }

        // A name without parameters (C, or a symbol of a text report) is whole unless blanks were part of a type.
        return name[start..];
    }

    /// <summary>Without the suffixes that compilers add to copies of a function (<c>.isra.0</c>, <c>.constprop.1</c>, <c>.part.0</c>, <c>.cold</c>, <c>[clone …]</c>).</summary>
    public static string WithoutCloneSuffix(string name)
    {
        int clone = name.IndexOf(" [clone ", StringComparison.Ordinal);
        if (clone > 0)
        {
            name = name[..clone];
        }

        for (int dot = name.LastIndexOf('.'); dot > 0; dot = name.LastIndexOf('.'))
        {
            ReadOnlySpan<char> suffix = name.AsSpan(dot + 1);
            bool number = suffix.Length > 0 && suffix.IndexOfAnyExceptInRange('0', '9') < 0;
            bool word = suffix is "isra" or "constprop" or "part" or "cold" or "llvm" or "lto_priv" or "localalias" or "warm";
            if (!word && !(number && name.AsSpan(0, dot).LastIndexOf('.') > 0))
            {
                break;
            }

            name = name[..dot];
        }

        return name;
    }

    /// <summary>Where the list of parameters begins; -1 for a name without one. An <c>operator()</c>'s own brackets are part of the name.</summary>
    public static int ParametersStart(ReadOnlySpan<char> name)
    {
        int depth = 0;
        for (int i = 0; i < name.Length; i++)
        {
            switch (name[i])
            {
                case 'o' when depth == 0 && IsOperator(name, i):
                    i += "operator".Length - 1;
                    if (name[(i + 1)..].StartsWith("()"))
                    {
                        i += 2;
                    }
                    else
                    {
                        while (i + 1 < name.Length && name[i + 1] != '(')
                        {
                            i++;
                        }
                    }

                    break;
                case '<' or '{' or '[':
                    depth++;
                    break;
                case '>' or '}' or ']' or ')':
                    depth--;
                    break;
                case '(':
                    if (depth == 0 && !name[i..].StartsWith("(anonymous") && !name[..i].EndsWith("decltype") && !name[..i].EndsWith("decltype "))
                    {
                        return i;
                    }

                    depth++;
                    break;
            }
        }

        return -1;
    }

    private static bool IsOperator(ReadOnlySpan<char> name, int at) =>
        name[at..].StartsWith("operator") && (at == 0 || !(char.IsAsciiLetterOrDigit(name[at - 1]) || name[at - 1] == '_'))
        && (at + 8 == name.Length || !(char.IsAsciiLetterOrDigit(name[at + 8]) || name[at + 8] == '_'));
}
