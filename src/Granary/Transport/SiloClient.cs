using System.Globalization;
using System.Net;
using Granary.Calls;
using Granary.Cluster;
using Granary.Metrics;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Granary.Transport;

/// <summary>Sends calls to other silos, and tells apart what had no effect from what nobody knows.</summary>
internal sealed class SiloClient : IDisposable
{
    private readonly HttpMessageInvoker _http;
    private readonly Lazy<CallWire> _wire;
    private readonly AnswerWire _answers;
    private readonly SiloKey _key;
    private readonly ISiloIdentity _identity;
    private readonly TransportOptions _options;
    private readonly string _scheme;

    public SiloClient(Lazy<CallWire> wire, AnswerWire answers, SiloKey key, ISiloIdentity identity, SiloCertificates certificates, IOptions<TransportOptions> options)
    {
        (_wire, _answers, _key, _identity, _options) = (wire, answers, key, identity, options.Value);
        _scheme = _options.HasCertificate ? Uri.UriSchemeHttps : Uri.UriSchemeHttp;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = _options.ConnectTimeout,
            KeepAlivePingDelay = _options.PingAfter,
            KeepAlivePingTimeout = _options.PingAfter,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        };
        if (_options.HasCertificate) handler.SslOptions = certificates.ForClient();
        _http = new HttpMessageInvoker(handler);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>One attempt.</summary>
    /// <exception cref="TimeoutException">The call was sent and its answer was lost: the outcome is unknown.</exception>
    public async Task<RemoteAnswer> SendAsync(SiloMember silo, GrainCall call)
    {
        var bytes = _wire.Value.Write(call);
        if (bytes.Length > _options.MaxMessageBytes) throw new SerializerException(string.Create(CultureInfo.InvariantCulture, $"{call} takes {bytes.Length} bytes; a call between silos takes at most {_options.MaxMessageBytes}."));
        var token = call.GivenUp?.Token ?? CancellationToken.None;
        using var body = new CallBody(bytes);
        using var request = Request(silo, body);
        GranaryMetrics.RemoteCalls.Add(1);
        try
        {
            using var response = await _http.SendAsync(request, token).ConfigureAwait(false);
            await response.Content.LoadIntoBufferAsync(_options.MaxMessageBytes, token).ConfigureAwait(false);
            return Read(silo, call, response.StatusCode, await response.Content.ReadAsByteArrayAsync(token).ConfigureAwait(false), response);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or OperationCanceledException)
        {
            if (token.IsCancellationRequested) throw new OperationCanceledException($"The caller of {call} has given up.", fault, token);
            if (!body.WasSent) return new RemoteAnswer(null, $"{silo.Name} at {silo.Address} cannot be reached: {fault.Message}, from {_identity.Address}", Fault: fault);
            GranaryMetrics.RemoteLost.Add(1, new KeyValuePair<string, object?>("oneway", call.Method.OneWay));
            throw new TimeoutException($"The connection to {silo.Name} at {silo.Address} was lost before {call} was answered: the outcome is unknown, the call may have run.", fault);
        }
    }

    private HttpRequestMessage Request(SiloMember silo, CallBody body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"{_scheme}://{silo.Address}{WireHeaders.Path}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = body,
        };
        request.Headers.Add(WireHeaders.Wire, WireHeaders.Version.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(WireHeaders.Key, _key.Text);
        request.Headers.Add(WireHeaders.Cluster, Uri.EscapeDataString(_identity.ClusterId));
        request.Headers.Add(WireHeaders.Caller, _identity.Incarnation.ToString());
        return request;
    }

    private RemoteAnswer Read(SiloMember silo, GrainCall call, HttpStatusCode status, byte[] bytes, HttpResponseMessage response)
    {
        var who = $"{silo.Name} at {silo.Address}";
        switch (status)
        {
            case HttpStatusCode.OK: return new RemoteAnswer(Answer(silo, call, bytes));
            case HttpStatusCode.MisdirectedRequest: return new RemoteAnswer(null, $"{who}: {Text(bytes)}", response.Headers.TryGetValues(WireHeaders.Owner, out var owner) ? owner.FirstOrDefault() : null);
            case HttpStatusCode.TooManyRequests: return Failed(new LimitExceededException($"{who} is busy: {Text(bytes)} {call} has had no effect."));
            case HttpStatusCode.GatewayTimeout: return Failed(new TimeoutException($"No answer to {call} from {who} within {call.Timeout}: the outcome is unknown, the call may still be running."));
            default: return Failed(new SiloUnavailableException(string.Create(CultureInfo.InvariantCulture, $"{who} refuses calls of this silo ({(int)status}): {Text(bytes)} {call} has had no effect.")));
        }
    }

    private Task<object?> Answer(SiloMember silo, GrainCall call, byte[] bytes)
    {
        try
        {
            return _answers.Read(call.Method, bytes);
        }
        catch (SerializerException fault)
        {
            return Task.FromException<object?>(new SerializerException($"{call} has run on {silo.Name} at {silo.Address}, version {silo.Version}, but its answer cannot be read here: {fault.Message}", fault));
        }
    }

    private static RemoteAnswer Failed(Exception fault) => new(Task.FromException<object?>(fault));

    private static string Text(byte[] bytes) => System.Text.Encoding.UTF8.GetString(bytes.AsSpan(0, Math.Min(bytes.Length, 500)));
}
