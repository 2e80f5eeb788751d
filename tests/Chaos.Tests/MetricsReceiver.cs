using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;

namespace Chaos.Tests;

/// <summary>Takes what silos export by OTLP and knows the last export of each. Names stand in it in clear.</summary>
internal sealed class MetricsReceiver : IAsyncDisposable
{
    private readonly PortLease _port = PortLease.Take();
    private readonly HttpListener _listener = new();
    private readonly ConcurrentDictionary<string, string> _last = [];
    private readonly Task _serving;

    public MetricsReceiver()
    {
        _listener.Prefixes.Add(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port.Port}/"));
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>The setting for a silo: a path of its own tells its exports from the others'.</summary>
    public string EndpointOf(Silo silo) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port.Port}/{PathOf(silo)}");

    /// <summary>Whether the last export of this silo has the metric; a counter is there from its first count on.</summary>
    public bool Has(Silo silo, string metric) => _last.TryGetValue($"/{PathOf(silo)}/v1/metrics", out var export) && export.Contains(metric, StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
        _listener.Close();
        _port.Dispose();
    }

    private static string PathOf(Silo silo) => silo.Name.Replace(' ', '-');

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                using var body = new StreamReader(context.Request.InputStream, Encoding.Latin1);
                _last[context.Request.Url!.AbsolutePath] = await body.ReadToEndAsync();
                context.Response.ContentType = "application/x-protobuf";
                context.Response.Close();
            }
            catch (Exception ended) when (ended is HttpListenerException or ObjectDisposedException or IOException)
            {
                // A killed silo's export, or the end of this receiver; the loop's condition knows which.
            }
        }
    }
}
