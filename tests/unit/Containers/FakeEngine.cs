using System.Net;
using System.Net.Sockets;
using System.Text;
using MemTools.Containers.Engine;

namespace MemTools.Tests.Containers;

/// <summary>An HTTP server on a unix socket that answers with scripted bytes, once per connection and request.</summary>
internal sealed class FakeEngine : IAsyncDisposable
{
    private readonly Func<string, byte[]> script;
    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource stop = new();
    private readonly Task loop;
    private readonly string path = Path.Combine(Path.GetTempPath(), "mt-" + Guid.NewGuid().ToString("N")[..12] + ".sock");

    /// <param name="script">Request line and headers in, the whole answer out; an empty answer closes the connection.</param>
    public FakeEngine(Func<string, byte[]> script)
    {
        this.script = script;
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        loop = AcceptAsync();
    }

    public List<string> Requests { get; } = [];

    public EngineEndpoint Endpoint => new() { Transport = EngineTransport.UnixSocket, Path = path, Source = "test" };

    public static byte[] Answer(string status, string body, params string[] headers) => Encoding.UTF8.GetBytes(
        $"HTTP/1.1 {status}\r\nConnection: close\r\n" + string.Concat(headers.Select(h => h + "\r\n")) + $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");

    /// <summary>A ping answer of an engine whose newest API is the given one.</summary>
    public static byte[] Ping(string version) => Answer("200 OK", "OK", "Api-Version: " + version, "Server: Docker/test (linux)");

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await loop;
        File.Delete(path);
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(ServeAsync(await listener.AcceptAsync(stop.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            var head = new StringBuilder();
            byte[] buffer = new byte[4096];
            try
            {
                while (true)
                {
                    int read = await socket.ReceiveAsync(buffer, stop.Token);
                    if (read == 0)
                        return;
                    head.Append(Encoding.ASCII.GetString(buffer, 0, read));
                    int end;
                    while ((end = head.ToString().IndexOf("\r\n\r\n", StringComparison.Ordinal)) >= 0)
                    {
                        string request = head.ToString(0, end);
                        head.Remove(0, end + 4);
                        lock (Requests)
                            Requests.Add(request);
                        byte[] answer = script(request);
                        if (answer.Length == 0)
                            return;
                        await socket.SendAsync(answer, stop.Token);
                        // A connection per answer keeps truncated answers visible as truncated.
                        return;
                    }
                }
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // The client hung up, or the test is over.
            }
        }
    }
}
