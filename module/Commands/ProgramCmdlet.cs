using System.Management.Automation;
using System.Text;
using MemTools.Allocators.HeapCheck;
using MemTools.Allocators.Launch;

namespace MemTools.Commands;

/// <summary>Cmdlets that are about one program, the allocator under it and the leak check.</summary>
public abstract class ProgramCmdlet : MemToolsCmdlet
{
    /// <summary>The program.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string FilePath { get; set; } = "";

    /// <summary>Its arguments.</summary>
    [Parameter(Position = 1, ValueFromRemainingArguments = true)]
    [Alias("Args")]
    [AllowEmptyCollection]
    [AllowEmptyString]
    public string[] ArgumentList { get; set; } = [];

    /// <summary>Catalogue name or path of a library.</summary>
    [Parameter]
    [AllocatorTransformation]
    [ArgumentCompleter(typeof(AllocatorCompleter))]
    public string? Allocator { get; set; }

    /// <summary>Mode of the leak check.</summary>
    [Parameter]
    [HeapCheckTransformation]
    [ArgumentCompleter(typeof(HeapCheckCompleter))]
    public HeapCheckMode HeapCheck { get; set; }

    /// <summary>The leak engine.</summary>
    [Parameter]
    [Alias("Engine")]
    [ArgumentCompleter(typeof(EngineCompleter))]
    public string HeapCheckEngine { get; set; } = "Auto";

    /// <summary>What the parameters ask for.</summary>
    /// <param name="isHere">False for a program in a container, whose paths are not this machine's.</param>
    private protected LaunchRequest Program(bool isHere = true) => new()
    {
        FilePath = isHere ? Paths.Program(FilePath) : FilePath,
        Arguments = [.. ArgumentList.Select(Encoding.UTF8.GetBytes)],
        Allocator = isHere && Allocator is { } name && name.Contains('/', StringComparison.Ordinal) ? Paths.Unresolved(name) : Allocator,
        HeapCheck = HeapCheck,
        Engine = HeapCheckEngine.Equals("Auto", StringComparison.OrdinalIgnoreCase) ? null : HeapCheckEngine,
    };
}
