namespace MemTools.Reports.Leaks;

/// <summary>A pattern with <c>*</c> (any text) and, where asked for, <c>?</c> (any character).</summary>
public sealed class NamePattern
{
    private readonly string pattern;
    private readonly bool questionMark;

    private NamePattern(string text, string pattern, bool questionMark)
    {
        Text = text;
        this.pattern = pattern;
        this.questionMark = questionMark;
    }

    /// <summary>As written.</summary>
    public string Text { get; }

    /// <summary>LeakSanitizer's and heaptrack's: found anywhere in the name, unless tied with <c>^</c> in front or <c>$</c> behind; only <c>*</c> is special.</summary>
    public static NamePattern Anywhere(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string inner = text;
        bool fromStart = inner.StartsWith('^');
        bool toEnd = inner.EndsWith('$');
        inner = inner[(fromStart ? 1 : 0)..];
        inner = toEnd && inner.Length > 0 ? inner[..^1] : inner;
        return new NamePattern(text, (fromStart ? "" : "*") + inner + (toEnd ? "" : "*"), false);
    }

    /// <summary>valgrind's: the whole name, <c>*</c> and <c>?</c> are special.</summary>
    public static NamePattern Whole(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new NamePattern(text, text, true);
    }

    /// <summary>True when the name is of the pattern. Linear in the name for each run of stars.</summary>
    public bool Matches(ReadOnlySpan<char> name)
    {
        int p = 0;
        int n = 0;
        int star = -1;
        int resume = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                resume = n;
            }
            else if (p < pattern.Length && (pattern[p] == name[n] || (questionMark && pattern[p] == '?')))
            {
                p++;
                n++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                n = ++resume;
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == '*')
        {
            p++;
        }

        return p == pattern.Length;
    }
}
