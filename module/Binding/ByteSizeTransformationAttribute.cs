using System.Management.Automation;
using MemTools.Reports.Gate;

namespace MemTools.Commands;

/// <summary>Takes sizes as people write them: <c>24MB</c>, <c>'1 KB'</c>, <c>'64KiB'</c>, <c>4096</c>. Units are powers of 1024, as PowerShell's.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ByteSizeTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
        {
            string text => Parse(text),
            var other => other,
        };

    /// <summary>Bytes from a text; throws when it is no size.</summary>
    internal static long Parse(string text) =>
        ByteSize.TryParse(text) ?? throw new ArgumentTransformationMetadataException($"'{text}' is no size; write for example 4096, 1KB or '24 MB'.");
}
