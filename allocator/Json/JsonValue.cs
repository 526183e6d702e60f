using System.Globalization;

namespace MemTools.Allocators.Json;

/// <summary>
/// A value of JSON (RFC 8259) as it was read from one of MemTools' own small files, without System.Text.Json for the reason that <see cref="JsonText"/> gives.
/// Asking for what is not there, or for another type than the value has, is a <see cref="FormatException"/>: the file is damaged.
/// </summary>
internal sealed class JsonValue
{
    private readonly object? value;

    private JsonValue(object? value) => this.value = value;

    public static JsonValue Null { get; } = new(null);

    public static JsonValue True { get; } = new(true);

    public static JsonValue False { get; } = new(false);

    /// <summary>Whether it is <c>null</c>.</summary>
    public bool IsNull => value is null;

    /// <summary>An object's members in the file's order.</summary>
    public IReadOnlyList<KeyValuePair<string, JsonValue>> Members => Is<List<KeyValuePair<string, JsonValue>>>();

    /// <summary>An array's items.</summary>
    public IReadOnlyList<JsonValue> Items => Is<List<JsonValue>>();

    /// <summary>A string, or null for <c>null</c>.</summary>
    public string? Text => value is null ? null : Is<string>();

    /// <summary>A string that must be there.</summary>
    public string RequiredText => Is<string>();

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public bool Flag => value is bool flag ? flag : throw Damaged();

    /// <summary>A whole number.</summary>
    public long Number =>
        value is Digits digits && long.TryParse(digits.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : throw Damaged();

    /// <summary>A whole number of 32 bits.</summary>
    public int Int32 => Number is var number and >= int.MinValue and <= int.MaxValue ? (int)number : throw Damaged();

    /// <summary>A member; the last one where a name is there twice.</summary>
    public JsonValue this[string name] => Find(name) ?? throw Damaged();

    /// <summary>A member that need not be there.</summary>
    public JsonValue? Find(string name)
    {
        IReadOnlyList<KeyValuePair<string, JsonValue>> members = Members;
        for (int i = members.Count - 1; i >= 0; i--)
        {
            if (members[i].Key == name)
                return members[i].Value;
        }

        return null;
    }

    /// <summary>Reads a whole file.</summary>
    /// <exception cref="FormatException">It is not JSON, or is nested deeper than any file of ours.</exception>
    public static JsonValue Parse(ReadOnlySpan<byte> utf8) => new JsonParser(System.Text.Encoding.UTF8.GetString(utf8)).ParseAll();

    internal static JsonValue Of(List<KeyValuePair<string, JsonValue>> members) => new(members);

    internal static JsonValue Of(List<JsonValue> items) => new(items);

    internal static JsonValue Of(string text) => new(text);

    internal static JsonValue OfNumber(string digits) => new(new Digits(digits));

    internal static FormatException Damaged() => new("The file is damaged: it is not the JSON that is written there.");

    private T Is<T>() where T : class => value as T ?? throw Damaged();

    private sealed class Digits(string text)
    {
        public string Text => text;
    }
}
