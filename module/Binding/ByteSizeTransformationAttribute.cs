using System.Globalization;
using System.Management.Automation;

namespace MemTools.Commands;

/// <summary>Takes sizes as people write them: <c>24MB</c>, <c>'1 KB'</c>, <c>'64KiB'</c>, <c>4096</c>. Units are powers of 1024, as PowerShell's.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ByteSizeTransformationAttribute : ArgumentTransformationAttribute
{
    private const string Units = "KMGTP";

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
        {
            string text => Parse(text),
            var other => other,
        };

    /// <summary>Bytes from a text; throws when it is no size.</summary>
    internal static long Parse(string text)
    {
        var rest = text.AsSpan().Trim();
        if (rest.EndsWith("B", StringComparison.OrdinalIgnoreCase))
            rest = rest[..^1];
        if (rest.EndsWith("i", StringComparison.OrdinalIgnoreCase))
            rest = rest[..^1];
        var power = rest.Length == 0 ? -1 : Units.IndexOf(char.ToUpperInvariant(rest[^1]), StringComparison.Ordinal);
        if (power >= 0)
            rest = rest[..^1];
        if (!decimal.TryParse(rest, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite | NumberStyles.AllowDecimalPoint
            | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            throw new ArgumentTransformationMetadataException($"'{text}' is no size; write for example 4096, 1KB or '24 MB'.");
        for (; power >= 0; power--)
            number *= 1024;
        return (long)number;
    }
}
