using System.Collections.Concurrent;
using System.Net;

namespace MemTools.Reports.Symbols.Debuginfod;

/// <summary>
/// Gets debug information, programs and sources by build-id from debuginfod servers
/// (https://sourceware.org/elfutils/Debuginfod.html), and keeps them in a cache on disk. All servers are asked at once, the
/// first that has the file gives it. Several processes may ask for the same file: one downloads, the others wait for it.
/// </summary>
public sealed class DebuginfodClient : IDisposable
{
    /// <summary>errno of a lock that somebody else holds, which .NET hands on as the exception's HResult.</summary>
    private const int WouldBlock = 11;

    private static readonly TimeSpan s_lockPoll = TimeSpan.FromMilliseconds(50);

    private readonly DebuginfodOptions _options;
    private readonly DebuginfodCache _cache;
    private readonly DebuginfodDownload _download;
    private readonly HttpClient _http;
    private readonly DebuginfodServer[] _servers;
    private readonly string[] _addresses;
    private readonly ConcurrentQueue<string> _warnings = new();
    private int _cleaned;

    /// <summary>A client for these servers, in the order given.</summary>
    /// <param name="urls">Addresses as in DEBUGINFOD_URLS, see <see cref="DebuginfodUrls.Parse"/>; others are left out with a warning.</param>
    /// <param name="options">Where the cache is, limits, progress.</param>
    /// <param name="clock">For ages and time limits; null for the system's.</param>
    public DebuginfodClient(IReadOnlyList<string> urls, DebuginfodOptions options, TimeProvider? clock = null)
    {
        clock ??= TimeProvider.System;
        _options = options;
        _cache = new DebuginfodCache(options, clock);
        _download = new DebuginfodDownload(options, clock);
        _http = new HttpClient(new SocketsHttpHandler
        {
            ConnectTimeout = options.Timeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            AutomaticDecompression = DecompressionMethods.None,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("memtools/" + typeof(DebuginfodClient).Assembly.GetName().Version?.ToString(3));
        foreach (string other in urls.Where(u => !DebuginfodUrls.IsServer(u)))
            _warnings.Enqueue($"debuginfod: {other} is no http, https or file address");
        _addresses = [.. urls.Where(DebuginfodUrls.IsServer).Distinct()];
        _servers = [.. _addresses.Select(u => new DebuginfodServer(u, _http, options))];
    }

    /// <summary>What went wrong so far, a line each, for the report: servers that cannot be reached, files that are not right.</summary>
    public IReadOnlyCollection<string> Warnings => _warnings;

    /// <summary>The debug information of a build-id.</summary>
    /// <param name="buildId">Hexadecimal digits.</param>
    /// <param name="cancellation">Ends the download and removes what there is of it.</param>
    /// <returns>Path of an ELF file in the cache; null when no server has it, or none could be asked (see <see cref="Warnings"/>).</returns>
    public Task<string?> FetchDebugInfoAsync(string buildId, CancellationToken cancellation = default) =>
        FetchAsync(buildId, "debuginfo", null, cancellation);

    /// <summary>The program or library of a build-id, as <see cref="FetchDebugInfoAsync"/>.</summary>
    public Task<string?> FetchExecutableAsync(string buildId, CancellationToken cancellation = default) =>
        FetchAsync(buildId, "executable", null, cancellation);

    /// <summary>A source file that a build-id was made from, as <see cref="FetchDebugInfoAsync"/>.</summary>
    /// <param name="buildId">Hexadecimal digits.</param>
    /// <param name="path">Absolute path as the debug information has it.</param>
    /// <param name="cancellation">Ends the download and removes what there is of it.</param>
    public Task<string?> FetchSourceAsync(string buildId, string path, CancellationToken cancellation = default) =>
        path.StartsWith('/') ? FetchAsync(buildId, "source", path, cancellation) : Task.FromResult<string?>(null);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<string?> FetchAsync(string buildId, string kind, string? path, CancellationToken cancellation)
    {
        if (_servers.Length == 0 || !DebuginfodArtifact.IsBuildId(buildId))
            return null;
        var artifact = new DebuginfodArtifact(buildId.ToLowerInvariant(), kind, path);
        try
        {
            if (Interlocked.Exchange(ref _cleaned, 1) == 0)
                _cache.Clean(cancellation);
            if (Known(artifact, out string? known))
                return known;
            _cache.MakeFolder(artifact);
            try
            {
                using FileStream gate = await LockAsync(artifact, cancellation).ConfigureAwait(false);
                // Another process may have brought it while this one waited.
                return Known(artifact, out known) ? known : await AskServersAsync(artifact, cancellation).ConfigureAwait(false);
            }
            finally
            {
                _cache.RemoveIfEmpty(artifact);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _warnings.Enqueue($"debuginfod: the cache {_options.CacheFolder} cannot be used: {e.Message}");
            return null;
        }
    }

    /// <summary>Whether the cache answers alone.</summary>
    private bool Known(DebuginfodArtifact artifact, out string? path)
    {
        path = _cache.Find(artifact);
        if (path is not null)
            return _cache.Stale(artifact) is not { } stale || !_servers.Any(s => s.Address == stale.Server && !s.IsBroken);
        return _cache.IsMissing(artifact, _addresses);
    }

    /// <summary>Holds the build-id's file against other processes and threads; the lock goes with the process that holds it.</summary>
    private async Task<FileStream> LockAsync(DebuginfodArtifact artifact, CancellationToken cancellation)
    {
        string path = _cache.PathOf(artifact) + ".lock";
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 0, FileOptions.DeleteOnClose);
            }
            catch (DirectoryNotFoundException)
            {
                // Whoever failed before has removed the folder.
                _cache.MakeFolder(artifact);
            }
            catch (IOException e) when (e.HResult == WouldBlock)
            {
                await Task.Delay(s_lockPoll, cancellation).ConfigureAwait(false);
            }
        }
    }

    private async Task<string?> AskServersAsync(DebuginfodArtifact artifact, CancellationToken cancellation)
    {
        string? kept = _cache.Find(artifact);
        (string Server, string ETag)? stale = kept is null ? null : _cache.Stale(artifact);
        DebuginfodServer[] asked = [.. _servers.Where(s => !s.IsBroken && (stale is null || s.Address == stale.Value.Server))];
        using var others = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        List<Task<DebuginfodReply>> pending = [.. asked.Select(s => s.AskAsync(artifact, stale?.ETag, others.Token))];
        int missing = 0;
        try
        {
            while (pending.Count > 0)
            {
                Task<DebuginfodReply> first = await Task.WhenAny(pending).ConfigureAwait(false);
                pending.Remove(first);
                using DebuginfodReply reply = await first.ConfigureAwait(false);
                if (reply.Answer == DebuginfodAnswer.NotModified && kept is not null)
                {
                    _cache.MarkFresh(artifact);
                    return kept;
                }
                if (reply.Answer == DebuginfodAnswer.Missing)
                    missing++;
                else if (reply.Answer == DebuginfodAnswer.Found && await TakeAsync(reply, artifact, cancellation).ConfigureAwait(false) is { } path)
                    return path;
                else if (reply.Answer == DebuginfodAnswer.Failed)
                    Warn(reply, artifact);
            }
        }
        finally
        {
            await others.CancelAsync().ConfigureAwait(false);
            foreach (Task<DebuginfodReply> late in pending)
                _ = late.ContinueWith(static t => t.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
        }
        if (kept is not null)
            return kept;
        if (missing == _servers.Length)
            _cache.MarkMissing(artifact, _addresses);
        return null;
    }

    private async Task<string?> TakeAsync(DebuginfodReply reply, DebuginfodArtifact artifact, CancellationToken cancellation)
    {
        string temporary = _cache.NewTemporary(artifact);
        try
        {
            string? problem = await _download.RunAsync(reply, artifact, temporary, cancellation).ConfigureAwait(false);
            if (problem is null)
                return _cache.Keep(artifact, temporary, reply.Server.Address, reply.ETag);
            _warnings.Enqueue($"debuginfod: {reply.Server.Address} {problem} ({artifact.Kind} of {artifact.BuildId})");
            return null;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private void Warn(DebuginfodReply reply, DebuginfodArtifact artifact)
    {
        if (!reply.IsUnreachable)
            _warnings.Enqueue($"debuginfod: {reply.Server.Address} {reply.Reason} ({artifact.Kind} of {artifact.BuildId})");
        else if (reply.Server.MarkBroken())
            _warnings.Enqueue($"debuginfod: {reply.Server.Address} {reply.Reason}; it is not asked again");
    }
}
