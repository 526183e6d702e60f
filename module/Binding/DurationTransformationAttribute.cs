using System.Globalization;
using System.Management.Automation;

namespace MemTools.Commands;

/// <summary>Takes durations as people write them: a number of seconds, <c>90s</c>, <c>15m</c>, <c>12h</c>, <c>30d</c>, <c>00:10:00</c> or a TimeSpan.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DurationTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
        {
            // Without this PowerShell takes a number as ticks of 100 ns.
            int or long or double or decimal or float => TimeSpan.FromSeconds(Convert.ToDouble(inputData is PSObject p ? p.BaseObject : inputData, CultureInfo.InvariantCulture)),
            string text => Parse(text.Trim()),
            var other => other,
        };

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
