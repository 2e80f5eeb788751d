using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace Postmill.Host.Tests.Generated;

/// <summary>The request with this number of this seed; the same whatever else runs beside it.</summary>
internal sealed class GeneratedRequest
{
    private static readonly string[] OtherMethods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"];
    private static readonly string[] QueryNames = ["limit", "offset", "cursor", "after", "before", "unread", "q", "dry_run", "provider", "sort", "mode", "older_than", "token"];
    private static readonly string?[] ContentTypes =
        [null, "", "text/plain", "application/xml", "application/json; charset=utf-16", "application/json;;;", "multipart/form-data", "application/x-www-form-urlencoded", "application/problem+json"];

    private static readonly (string Name, string Value)[] OddHeaders =
    [
        ("Accept", "text/nothing"), ("Accept-Encoding", "zstd;q=x"), ("Range", "bytes=5-1"), ("Range", "bytes=999999-"), ("Range", "bytes=0-0,2-3"), ("If-Match", "\"x\""), ("If-Match", "*"),
        ("If-None-Match", "W/\"\""), ("If-Range", "junk"), ("If-Modified-Since", "yesterday"), ("Cookie", "sb-access-token=;;=\"; a"), ("Origin", "null"), ("Sec-Fetch-Site", "cross-site"),
        ("X-Forwarded-For", "junk, 1.2.3.4"), ("Content-Encoding", "gzip"), ("Expect", "nothing"), ("Upgrade", "websocket"), ("traceparent", "00-x"),
    ];

    private readonly Random _random;
    private readonly ApiOperation _operation;
    private readonly GeneratedIds _ids;
    private readonly IReadOnlyList<string> _names;

    public GeneratedRequest(int seed, int number, IReadOnlyList<ApiOperation> operations, GeneratedIds ids, IReadOnlyList<string> names)
    {
        _random = new Random(unchecked((seed * 1_000_003) + number));
        _operation = operations[number % operations.Count];
        _ids = ids;
        _names = names;
        Path = MakePath() + MakeQuery();
        Method = _random.Next(25) == 0 ? OtherMethods[_random.Next(OtherMethods.Length)] : _operation.Method;
        Body = Method is "GET" or "HEAD" or "TRACE" && _random.Next(20) != 0 || Method is "TRACE" ? null : new GeneratedBody(_operation, _random, ids).Next();
        ContentType = _random.Next(15) == 0 ? ContentTypes[_random.Next(ContentTypes.Length)] : "application/json";
    }

    public ApiOperation Operation => _operation;

    public string Method { get; }

    public string Path { get; }

    public byte[]? Body { get; }

    public string? ContentType { get; }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Method} {Shorten(Path)} [{ContentType}] {(Body is null ? "" : Shorten(Encoding.UTF8.GetString(Body)))}");

    public HttpRequestMessage ToMessage(Uri host)
    {
        var raw = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        var message = new HttpRequestMessage(new HttpMethod(Method), new Uri(host.GetLeftPart(UriPartial.Authority) + Path, in raw));
        if (Body is not null)
        {
            message.Content = new ByteArrayContent(Body);
            if (ContentType is not null) message.Content.Headers.TryAddWithoutValidation("Content-Type", ContentType);
            if (_random.Next(20) == 0) message.Headers.TransferEncodingChunked = true;
        }
        foreach (var header in _operation.Headers.Where(_ => _random.Next(3) == 0)) message.Headers.TryAddWithoutValidation(header, HeaderText());
        if (_random.Next(8) == 0)
        {
            var (name, value) = OddHeaders[_random.Next(OddHeaders.Length)];
            if (!message.Headers.TryAddWithoutValidation(name, value)) message.Content?.Headers.TryAddWithoutValidation(name, value);
        }
        return message;
    }

    public static AuthenticationHeaderValue? Bearer(string? token) => token is null ? null : new AuthenticationHeaderValue("Bearer", token);

    // Most keys are from a few hundred, so that some requests meet each other's.
    private string HeaderText() => _random.Next(4) != 0
        ? $"k{_random.Next(400)}"
        : new string([.. HostileText.Any(_random).Where(c => c is >= ' ' and <= '~')]);

    private string MakePath()
    {
        var turn = _random.Next(1_000_000);
        var segments = _operation.Path.Split('/').Select(s => s.StartsWith('{') ? Uri.EscapeDataString(_ids.For(_operation, s.Trim('{', '}'), turn, _random)) : s).ToList();
        if (_random.Next(40) == 0) segments.Insert(_random.Next(2, segments.Count + 1), new[] { "", ".", "..", "%2e%2e", "%FF%FE", "%ED%A0%80", "%zz", ";a=b", "*" }[_random.Next(9)]);
        var path = string.Join('/', segments);
        return _random.Next(30) == 0 && path.StartsWith("/api/v1/", StringComparison.Ordinal) ? "/mail" + path["/api".Length..] : path;
    }

    private string MakeQuery()
    {
        if (_random.Next(3) != 0) return "";
        var known = _operation.Query.Count > 0 && _random.Next(2) == 0 ? _operation.Query : _random.Next(2) == 0 ? QueryNames : _names;
        var parts = Enumerable.Range(0, _random.Next(1, 5)).Select(_ => $"{known[_random.Next(known.Count)]}={QueryValue()}");
        return "?" + string.Join('&', parts);
    }

    private string QueryValue() => _random.Next(8) switch
    {
        0 => "%",
        1 => "%ED%A0%80",
        2 => "1",
        3 => Uri.EscapeDataString(_ids.Any(_random)),
        _ => Uri.EscapeDataString(HostileText.Any(_random)),
    };

    private static string Shorten(string text) => text.Length <= 300 ? text : $"{text[..300]}… ({text.Length})";
}
