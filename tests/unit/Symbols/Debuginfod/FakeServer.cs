using System.Net;
using System.Net.Sockets;

namespace MemTools.Tests.Symbols.Debuginfod;

/// <summary>An HTTP server on loopback that answers as the test says.</summary>
internal sealed class FakeServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Func<HttpListenerContext, CancellationToken, Task> _answer;
    private readonly CancellationTokenSource _end = new();
    private int _requests;

    public FakeServer(Func<HttpListenerContext, CancellationToken, Task> answer)
    {
        _answer = answer;
        Address = $"http://127.0.0.1:{FreePort()}/";
        _listener.Prefixes.Add(Address);
        _listener.Start();
        _ = ServeAsync();
    }

    public string Address { get; }

    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Answers every request with these bytes.</summary>
    public static FakeServer Giving(byte[] content, string? etag = null) => new(async (context, end) =>
    {
        if (etag is not null && context.Request.Headers["If-None-Match"] == etag)
        {
            context.Response.StatusCode = 304;
            return;
        }
        if (etag is not null)
            context.Response.Headers["ETag"] = etag;
        context.Response.ContentLength64 = content.Length;
        await context.Response.OutputStream.WriteAsync(content, end);
    });

    /// <summary>Answers every request with a status alone.</summary>
    public static FakeServer Saying(int status) => new((context, _) =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    });

    /// <summary>Takes requests and does not answer.</summary>
    public static FakeServer Hanging() => new((_, end) => Task.Delay(Timeout.Infinite, end));

    /// <summary>A port where nobody listens at the moment.</summary>
    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    public void Dispose()
    {
        if (!_listener.IsListening)
            return;
        _end.Cancel();
        _listener.Close();
        _end.Dispose();
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            Interlocked.Increment(ref _requests);
            _ = AnswerAsync(context);
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            await _answer(context, _end.Token);
            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or OperationCanceledException or ObjectDisposedException or IOException or InvalidOperationException)
        {
            context.Response.Abort();
        }
    }
}
