namespace MemTools.Allocators.HeapCheck.Heaptrack;

/// <summary>
/// heaptrack by its recording library, without its shell script (which prints into the program's standard output): tells what is still live. Forked and executed
/// children are not followed.
/// </summary>
internal sealed class HeaptrackEngine : LiveLogEngine
{
    private const string Library = "libheaptrack_preload.so";

    private static readonly string[] Folders =
    [
        "/usr/lib/heaptrack", "/usr/lib64/heaptrack", "/usr/lib/x86_64-linux-gnu/heaptrack", "/usr/lib/aarch64-linux-gnu/heaptrack", "/usr/local/lib/heaptrack",
        "/usr/local/lib64/heaptrack",
    ];

    /// <inheritdoc/>
    public override string Name => "Heaptrack";

    /// <inheritdoc/>
    protected override string ReportName => "heaptrack";

    /// <inheritdoc/>
    protected override string Silence => "heaptrack wrote no file for the program: its library was not loaded.";

    /// <inheritdoc/>
    protected override string ForkedChildren => "heaptrack does not follow children.";

    /// <inheritdoc/>
    protected override bool NeedsNames => true;

    /// <inheritdoc/>
    protected override Task<EngineTool> FindLibraryAsync(ITarget target, CancellationToken cancellation)
    {
        foreach (string folder in Folders)
        {
            string path = $"{folder}/{Library}";
            if (target.Exists(path))
            {
                var library = new Allocator { Name = ReportName, Path = path, Scope = InstallScope.AllUsers, Architecture = target.Architecture };
                return Task.FromResult(new EngineTool { IsAvailable = true, Library = library });
            }
        }
        return Task.FromResult(EngineTool.Missing(
            "heaptrack is not installed", "Install-Allocator heaptrack -Scope AllUsers / memtools install heaptrack --scope all-users"));
    }

    /// <summary>heaptrack puts the process id in place of $$.</summary>
    protected override Dictionary<string, string> Variables(string prefix) => new() { ["DUMP_HEAPTRACK_OUTPUT"] = prefix + ".$$" };
}
