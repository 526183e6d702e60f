using System.Management.Automation;
using MemTools.Allocators;

namespace MemTools.Commands;

/// <summary>Takes an Allocator object where a name or a library's path is asked for.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AllocatorTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is Allocator allocator ? allocator.Path ?? allocator.Name : inputData;
}
