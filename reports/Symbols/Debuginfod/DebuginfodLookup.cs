using MemTools.Reports.Errors;

namespace MemTools.Reports.Symbols.Debuginfod;

/// <summary>What the symbolizer asks debuginfod servers for; nobody is asked, and nothing is made, before the first question.</summary>
internal sealed class DebuginfodLookup : IDisposable
{
    private readonly DebuginfodClient _client;
    private int _taken;

    /// <summary>A lookup at these servers; null when there are none.</summary>
    /// <param name="urls">Addresses, also several in one text as in DEBUGINFOD_URLS.</param>
    /// <param name="progress">Told about downloads; may be null.</param>
    /// <param name="warnings">Gets what is wrong with the addresses or the cache.</param>
    public static DebuginfodLookup? Create(IReadOnlyList<string> urls, IProgress<ProgressStep>? progress, List<string> warnings)
    {
        IReadOnlyList<string> servers = DebuginfodUrls.Parse(string.Join(' ', urls), out IReadOnlyList<string> rejected);
        warnings.AddRange(rejected.Select(r => $"debuginfod: {r} is no http, https or file address"));
        if (servers.Count == 0)
            return null;
        try
        {
            DebuginfodOptions options = DebuginfodOptions.FromEnvironment(Environment.GetEnvironmentVariable) with { Progress = progress };
            return new DebuginfodLookup(new DebuginfodClient(servers, options));
        }
        catch (MemToolsException e) when (e.ErrorId == "NoCacheFolder")
        {
            // Names from what is on this machine are better than none.
            warnings.Add($"debuginfod is not asked: {e.Message} {e.RecommendedAction}");
            return null;
        }
    }

    private DebuginfodLookup(DebuginfodClient client) => _client = client;

    /// <summary>Path of the debug file of a build-id, or null. Waits for the download.</summary>
    public string? FindDebugInfo(string buildId, CancellationToken cancellation) =>
        Wait(_client.FetchDebugInfoAsync(buildId, cancellation));

    /// <summary>Path of the program or library of a build-id, or null. Waits for the download.</summary>
    public string? FindExecutable(string buildId, CancellationToken cancellation) =>
        Wait(_client.FetchExecutableAsync(buildId, cancellation));

    /// <summary>Warnings that came up since the last call.</summary>
    public IReadOnlyList<string> TakeWarnings()
    {
        string[] fresh = [.. _client.Warnings.Skip(_taken)];
        _taken += fresh.Length;
        return fresh;
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    // The symbolizer is not asynchronous; nothing in the core has a synchronisation context that this could block.
    private static string? Wait(Task<string?> fetch) => fetch.GetAwaiter().GetResult();
}
