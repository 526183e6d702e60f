using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MemTools.Reports.Model;

/// <summary>
/// Addresses as <c>"0x7f0b2a24524a"</c>: JSON numbers beyond 2^53 are not exact in most programs, and nobody reads addresses in decimal.
/// A number is accepted when reading.
/// </summary>
public sealed class HexAddressConverter : JsonConverter<ulong>
{
    /// <inheritdoc/>
    public override ulong Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetUInt64(out ulong number))
        {
            return number;
        }

        string? text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        return text is not null && text.StartsWith("0x", StringComparison.Ordinal)
            && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong address)
            ? address
            : throw new JsonException("An address must be written as \"0x\" and hexadecimal digits.");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ulong value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        Span<char> text = stackalloc char[18];
        text.TryWrite(CultureInfo.InvariantCulture, $"0x{value:x}", out int length);
        writer.WriteStringValue(text[..length]);
    }
}
