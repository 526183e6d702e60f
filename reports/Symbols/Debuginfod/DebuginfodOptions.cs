using System.Globalization;
using MemTools.Reports.Errors;

namespace MemTools.Reports.Symbols.Debuginfod;

/// <summary>How a <see cref="DebuginfodClient"/> works; the defaults are elfutils'.</summary>
public sealed record DebuginfodOptions
{
    /// <summary>The folder that downloads are kept in, one folder per build-id.</summary>
    public required string CacheFolder { get; init; }

    /// <summary>How long a server may take for its first byte, and then for each 100 KiB; 90 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>How long one download may take in all; null for as long as it makes progress.</summary>
    public TimeSpan? MaxTime { get; init; }

    /// <summary>Largest file taken, bytes; 4 GiB.</summary>
    public long MaxBytes { get; init; } = 4L << 30;

    /// <summary>How often a server that fails (not: does not have the file) is asked, at least once.</summary>
    public int Attempts { get; init; } = 2;

    /// <summary>How long "no server has it" is believed; 10 minutes.</summary>
    public TimeSpan MissingAge { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How old a file may be before its server is asked whether it has changed; 7 days. Only files with an ETag are asked for.</summary>
    public TimeSpan RevalidationAge { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long a file stays that nobody asks for; 7 days.</summary>
    public TimeSpan UnusedAge { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Bytes received; may be null.</summary>
    public IProgress<ProgressStep>? Progress { get; init; }

    /// <summary>
    /// The options that elfutils' environment variables ask for (DEBUGINFOD_TIMEOUT and DEBUGINFOD_MAXTIME in seconds,
    /// DEBUGINFOD_MAXSIZE in bytes, DEBUGINFOD_RETRY_LIMIT), with the cache at $XDG_CACHE_HOME/memtools/debuginfod. A
    /// value that is no positive number is as none.
    /// </summary>
    /// <param name="variable">Reads an environment variable.</param>
    /// <exception cref="MemToolsException">NoCacheFolder when neither XDG_CACHE_HOME nor HOME names a folder.</exception>
    public static DebuginfodOptions FromEnvironment(Func<string, string?> variable)
    {
        var options = new DebuginfodOptions { CacheFolder = DefaultCacheFolder(variable) };
        if (Number(variable("DEBUGINFOD_TIMEOUT")) is { } timeout)
            options = options with { Timeout = Seconds(timeout) };
        if (Number(variable("DEBUGINFOD_MAXTIME")) is { } maxTime)
            options = options with { MaxTime = Seconds(maxTime) };
        if (Number(variable("DEBUGINFOD_MAXSIZE")) is { } maxSize)
            options = options with { MaxBytes = maxSize };
        if (Number(variable("DEBUGINFOD_RETRY_LIMIT")) is { } retries)
            options = options with { Attempts = (int)Math.Min(retries, 10) };
        return options;
    }

    private static string DefaultCacheFolder(Func<string, string?> variable)
    {
        string? cache = variable("XDG_CACHE_HOME");
        if (cache is not { Length: > 0 } || !Path.IsPathRooted(cache))
        {
            string? home = variable("HOME");
            if (home is not { Length: > 0 } || !Path.IsPathRooted(home))
            {
                throw new MemToolsException(
                    "NoCacheFolder", MemToolsErrorCategory.ResourceUnavailable,
                    "There is no folder to keep downloaded debug information in: neither XDG_CACHE_HOME nor HOME is set.", null,
                    "Set XDG_CACHE_HOME or HOME to an absolute path.");
            }
            cache = Path.Combine(home, ".cache");
        }
        return Path.Combine(cache, "memtools", "debuginfod");
    }

    private static long? Number(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value > 0 ? value : null;

    private static TimeSpan Seconds(long seconds) => TimeSpan.FromSeconds(Math.Min(seconds, 1_000_000));
}
