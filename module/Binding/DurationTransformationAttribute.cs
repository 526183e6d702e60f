using System.Globalization;
using System.Management.Automation;

namespace MemTools.Commands;

/// <summary>Takes durations as people write them: a number of seconds, <c>90s</c>, <c>15m</c>, <c>12h</c>, <c>30d</c>, <c>00:10:00</c> or a TimeSpan.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DurationTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value switch
        {
            string text => Parse(text.Trim()),
            // PowerShell reads 30d as the decimal number 30 and 90s as a short; what was typed is kept beside the number.
            _ when IsNumber(value) && inputData is PSObject typed => Parse(typed.ToString().Trim()),
            decimal => throw new ArgumentTransformationMetadataException("A decimal number is no duration, and 30d in an expression is one; write '30d' in quotes."),
            // Without this PowerShell takes a number as ticks of 100 ns.
            _ when IsNumber(value) => TimeSpan.FromSeconds(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
            _ => inputData,
        };
    }

    private static bool IsNumber(object? value) => value is byte or sbyte or short or ushort or int or uint or long or ulong or float or double or decimal;

    private static TimeSpan Parse(string text)
    {
        var unit = text.Length == 0 ? ' ' : char.ToLowerInvariant(text[^1]);
        var number = unit is 's' or 'm' or 'h' or 'd' ? text[..^1] : text;
        if (double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
        {
            return unit switch
            {
                'm' => TimeSpan.FromMinutes(value),
                'h' => TimeSpan.FromHours(value),
                'd' => TimeSpan.FromDays(value),
                _ => TimeSpan.FromSeconds(value),
            };
        }
        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span)
            ? span
            : throw new ArgumentTransformationMetadataException($"'{text}' is no duration; write for example 30, 90s, 15m, 30d or 00:10:00.");
    }
}
