using Microsoft.AspNetCore.Http.Features;
using Postmill.Adapters.Postgres.Http;

namespace Postmill.Host.Http.Idempotency;

/// <summary>Holds back what a handler writes until the answer is kept; nothing is on its way to the client before.</summary>
internal sealed class CapturedAnswer : IDisposable
{
    private readonly HttpContext _http;
    private readonly IHttpResponseBodyFeature _wire;
    private readonly StreamResponseBodyFeature _body;
    private readonly MemoryStream _bytes = new();

    public CapturedAnswer(HttpContext http)
    {
        _http = http;
        _wire = http.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        _body = new StreamResponseBodyFeature(_bytes);
        http.Features.Set<IHttpResponseBodyFeature>(_body);
    }

    public int Status => _http.Response.StatusCode;

    /// <param name="secret">The body of a success is left out.</param>
    public async Task<KeptAnswer> EndAsync(bool secret)
    {
        await _body.CompleteAsync();
        var once = (secret && Status < 400) || _bytes.Length > IdempotencyLimits.MaxAnswer;
        return new KeptAnswer(Status, _http.Response.ContentType, once ? null : _bytes.ToArray());
    }

    /// <summary>After <see cref="EndAsync"/>: lets it go.</summary>
    public async Task SendAsync()
    {
        Restore();
        _bytes.Position = 0;
        await _bytes.CopyToAsync(_http.Response.Body, _http.RequestAborted);
    }

    /// <summary>What a fault leaves is not sent; the edge has its own answer.</summary>
    public void Dispose()
    {
        Restore();
        _bytes.Dispose();
    }

    private void Restore() => _http.Features.Set(_wire);
}
