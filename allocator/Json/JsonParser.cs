using System.Globalization;
using System.Text;

namespace MemTools.Allocators.Json;

/// <summary>Reads JSON by recursive descent.</summary>
/// <remarks>The grammar of RFC 8259: value = object / array / string / number / true / false / null, with blank, tab and line ends between tokens.</remarks>
internal sealed class JsonParser(string text)
{
    private const int MaxDepth = 32;
    private int at;
    private int depth;

    public JsonValue ParseAll()
    {
        JsonValue value = Value();
        SkipBlanks();
        return at == text.Length ? value : throw JsonValue.Damaged();
    }

    private JsonValue Value()
    {
        SkipBlanks();
        switch (Peek())
        {
            case '{':
                return Object();
            case '[':
                return Array();
            case '"':
                return JsonValue.Of(String());
            case 't':
                return Word("true", JsonValue.True);
            case 'f':
                return Word("false", JsonValue.False);
            case 'n':
                return Word("null", JsonValue.Null);
            default:
                return Number();
        }
    }

    private JsonValue Object()
    {
        var members = new List<KeyValuePair<string, JsonValue>>();
        Enter();
        if (!Takes('}'))
        {
            do
            {
                SkipBlanks();
                string name = String();
                Expect(':');
                members.Add(new(name, Value()));
            }
            while (Takes(','));
            Expect('}');
        }

        depth--;
        return JsonValue.Of(members);
    }

    private JsonValue Array()
    {
        var items = new List<JsonValue>();
        Enter();
        if (!Takes(']'))
        {
            do
                items.Add(Value());
            while (Takes(','));
            Expect(']');
        }

        depth--;
        return JsonValue.Of(items);
    }

    private string String()
    {
        if (Next() != '"')
            throw JsonValue.Damaged();
        int start = at;
        while (Peek() is not ('"' or '\\'))
            at++;
        if (Peek() == '"')
            return text[start..at++];
        var unescaped = new StringBuilder();
        while (true)
        {
            unescaped.Append(text, start, at - start);
            if (Next() == '"')
                return unescaped.ToString();
            unescaped.Append(Escaped());
            start = at;
            while (Peek() is not ('"' or '\\'))
                at++;
        }
    }

    private char Escaped() => Next() switch
    {
        '"' => '"',
        '\\' => '\\',
        '/' => '/',
        'b' => '\b',
        'f' => '\f',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => CodeUnit(),
        _ => throw JsonValue.Damaged(),
    };

    private char CodeUnit()
    {
        if (text.Length - at < 4 || !ushort.TryParse(text.AsSpan(at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort unit))
            throw JsonValue.Damaged();
        at += 4;
        return (char)unit;
    }

    private JsonValue Number()
    {
        int start = at;
        while (at < text.Length && text[at] is (>= '0' and <= '9') or '-' or '+' or '.' or 'e' or 'E')
            at++;
        return at > start ? JsonValue.OfNumber(text[start..at]) : throw JsonValue.Damaged();
    }

    private JsonValue Word(string word, JsonValue value)
    {
        if (string.CompareOrdinal(text, at, word, 0, word.Length) != 0)
            throw JsonValue.Damaged();
        at += word.Length;
        return value;
    }

    private void Enter()
    {
        at++;
        if (++depth > MaxDepth)
            throw JsonValue.Damaged();
    }

    private bool Takes(char c)
    {
        SkipBlanks();
        if (at >= text.Length || text[at] != c)
            return false;
        at++;
        return true;
    }

    private void Expect(char c)
    {
        if (!Takes(c))
            throw JsonValue.Damaged();
    }

    private void SkipBlanks()
    {
        while (at < text.Length && text[at] is ' ' or '\t' or '\n' or '\r')
            at++;
    }

    private char Peek() => at < text.Length ? text[at] : throw JsonValue.Damaged();

    private char Next()
    {
        char c = Peek();
        at++;
        return c;
    }
}
