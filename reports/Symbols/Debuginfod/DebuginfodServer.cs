using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace MemTools.Reports.Symbols.Debuginfod;

/// <summary>What a server answered.</summary>
internal enum DebuginfodAnswer
{
    /// <summary>It has the file: read <see cref="DebuginfodReply.Content"/>.</summary>
    Found,

    /// <summary>It does not have the file.</summary>
    Missing,

    /// <summary>The file is as it was when it gave the ETag.</summary>
    NotModified,

    /// <summary>It cannot be reached, does not answer, or answers nonsense.</summary>
    Failed,
}

/// <summary>A server's answer, with the file's content not yet read.</summary>
internal sealed record DebuginfodReply(
    DebuginfodServer Server, DebuginfodAnswer Answer, Stream? Content = null, long Length = -1, string? ETag = null, string? Reason = null,
    IDisposable? Owner = null) : IDisposable
{
    /// <summary>A failure that every other question would meet as well: no connection, no answer in time.</summary>
    public bool IsUnreachable { get; init; }

    /// <summary>A failure that asking again will not mend.</summary>
    public bool IsFinal { get; init; }

    public void Dispose()
    {
        Content?.Dispose();
        Owner?.Dispose();
    }
}

/// <summary>One server of the list.</summary>
internal sealed class DebuginfodServer(string address, HttpClient http, DebuginfodOptions options)
{
    private int _broken;

    public string Address => address;

    /// <summary>A server that could not be reached is not asked again: each module would wait for it anew.</summary>
    public bool IsBroken => Volatile.Read(ref _broken) != 0;

    /// <summary>True for the first to find it broken.</summary>
    public bool MarkBroken() => Interlocked.Exchange(ref _broken, 1) == 0;

    /// <summary>Asks for a file. Failures are answers, only cancellation is thrown.</summary>
    public async Task<DebuginfodReply> AskAsync(DebuginfodArtifact artifact, string? etag, CancellationToken cancellation)
    {
        Uri uri = DebuginfodUrls.Of(address, artifact);
        if (uri.IsFile)
            return AskFile(uri.LocalPath);
        DebuginfodReply reply = new(this, DebuginfodAnswer.Failed, Reason: "was not asked");
        for (int attempt = 1; attempt <= Math.Max(1, options.Attempts); attempt++)
        {
            reply = await AskOnceAsync(uri, etag, cancellation).ConfigureAwait(false);
            if (reply.Answer != DebuginfodAnswer.Failed || reply.IsFinal)
                break;
        }
        return reply;
    }

    private DebuginfodReply AskFile(string path)
    {
        if (!File.Exists(path))
            return new DebuginfodReply(this, DebuginfodAnswer.Missing);
        try
        {
            FileStream stream = File.OpenRead(path);
            return new DebuginfodReply(this, DebuginfodAnswer.Found, stream, stream.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new DebuginfodReply(this, DebuginfodAnswer.Failed, Reason: e.Message);
        }
    }

    private async Task<DebuginfodReply> AskOnceAsync(Uri uri, string? etag, CancellationToken cancellation)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(options.Timeout);
        HttpResponseMessage? response = null;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, uri);
            request.Headers.Add("X-DEBUGINFOD-MAXSIZE", options.MaxBytes.ToString(CultureInfo.InvariantCulture));
            if (etag is not null && EntityTagHeaderValue.TryParse(etag, out EntityTagHeaderValue? tag))
                request.Headers.IfNoneMatch.Add(tag);
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timeout.Token).ConfigureAwait(false);
            DebuginfodReply reply = await ReadHeadersAsync(response, timeout.Token).ConfigureAwait(false);
            if (reply.Owner is not null)
                response = null;
            return reply;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Failed($"did not answer within {options.Timeout.TotalSeconds:0.#} s") with { IsUnreachable = true, IsFinal = true };
        }
        catch (HttpRequestException e)
        {
            return Failed($"cannot be reached: {e.InnerException?.Message ?? e.Message}") with { IsUnreachable = true };
        }
        finally
        {
            response?.Dispose();
        }
    }

    private async Task<DebuginfodReply> ReadHeadersAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK:
                long length = response.Content.Headers.ContentLength ?? -1;
                // A server that sends in chunks may still tell the size in its own header.
                if (length < 0 && response.Headers.TryGetValues("X-DEBUGINFOD-SIZE", out IEnumerable<string>? sizes)
                    && long.TryParse(sizes.First(), NumberStyles.None, CultureInfo.InvariantCulture, out long size))
                    length = size;
                Stream content = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
                return new DebuginfodReply(this, DebuginfodAnswer.Found, content, length, response.Headers.ETag?.ToString(), Owner: response);
            case HttpStatusCode.NotFound:
                return new DebuginfodReply(this, DebuginfodAnswer.Missing);
            case HttpStatusCode.NotModified:
                return new DebuginfodReply(this, DebuginfodAnswer.NotModified);
            case HttpStatusCode.NotAcceptable:
                // The server's answer to X-DEBUGINFOD-MAXSIZE.
                return Failed($"has a file larger than the {options.MaxBytes} bytes allowed") with { IsFinal = true };
            default:
                return Failed($"answered {(int)response.StatusCode} {response.ReasonPhrase}") with { IsFinal = (int)response.StatusCode < 500 };
        }
    }

    private DebuginfodReply Failed(string reason) => new(this, DebuginfodAnswer.Failed, Reason: reason);
}
