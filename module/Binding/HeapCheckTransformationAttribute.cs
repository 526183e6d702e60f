using System.Management.Automation;
using MemTools.Allocators.HeapCheck;

namespace MemTools.Commands;

/// <summary>Takes HEAPCHECK's own spelling <c>as-is</c> beside <c>AsIs</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class HeapCheckTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is string text && text.Equals("as-is", StringComparison.OrdinalIgnoreCase)
            ? HeapCheckMode.AsIs
            : inputData;
}
