using System.Globalization;
using System.Text;

namespace MemTools.Allocators.Json;

/// <summary>
/// Writes indented JSON (RFC 8259) for the small records that every start writes. System.Text.Json is not loaded for them: loading it and compiling its
/// vector code takes longer than the start of the program. <see cref="JsonValue"/> reads them.
/// </summary>
internal sealed class JsonText
{
    private readonly StringBuilder text = new(4096);
    private int depth;
    private bool isEmpty = true;

    public void BeginObject(string? name = null) => Begin(name, '{');

    public void EndObject() => End('}');

    public void BeginArray(string name) => Begin(name, '[');

    public void EndArray() => End(']');

    public void Property(string name, string? value)
    {
        Next(name);
        if (value is null)
            text.Append("null");
        else
            Quote(value);
    }

    public void Property(string name, long value)
    {
        Next(name);
        text.Append(value.ToString(CultureInfo.InvariantCulture));
    }

    public void Property(string name, bool value)
    {
        Next(name);
        text.Append(value ? "true" : "false");
    }

    public void Item(string value)
    {
        Next(null);
        Quote(value);
    }

    /// <summary>The text so far in UTF-8; half a surrogate pair becomes U+FFFD.</summary>
    public byte[] ToUtf8() => Encoding.UTF8.GetBytes(text.ToString());

    private void Begin(string? name, char bracket)
    {
        if (depth > 0)
            Next(name);
        text.Append(bracket);
        depth++;
        isEmpty = true;
    }

    private void End(char bracket)
    {
        depth--;
        if (!isEmpty)
            NewLine();
        text.Append(bracket);
        isEmpty = false;
    }

    private void Next(string? name)
    {
        if (!isEmpty)
            text.Append(',');
        isEmpty = false;
        NewLine();
        if (name is null)
            return;
        Quote(name);
        text.Append(": ");
    }

    private void NewLine()
    {
        text.Append('\n');
        for (int i = 0; i < depth; i++)
            text.Append("  ");
    }

    private void Quote(string value)
    {
        text.Append('"');
        foreach (char c in value)
        {
            switch (c)
            {
                case '"' or '\\':
                    text.Append('\\').Append(c);
                    break;
                case '\n':
                    text.Append("\\n");
                    break;
                case '\r':
                    text.Append("\\r");
                    break;
                case '\t':
                    text.Append("\\t");
                    break;
                case '\b':
                    text.Append("\\b");
                    break;
                case '\f':
                    text.Append("\\f");
                    break;
                // Also what a terminal or a JavaScript reader would take for more than a letter.
                case < ' ' or (>= '\x7f' and < '\xa0') or '\u2028' or '\u2029':
                    text.Append("\\u").Append(((int)c).ToString("X4", CultureInfo.InvariantCulture));
                    break;
                default:
                    text.Append(c);
                    break;
            }
        }

        text.Append('"');
    }
}
