using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Postmill.Host.Access;
using Postmill.Host.Http;

namespace Postmill.Host.Tests.Http;

public sealed class BodyTests : IAsyncLifetime
{
    private HostFixture _host = null!;

    public async Task InitializeAsync() => _host = await HostFixture.StartAsync(new() { Map = MapEcho });

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_good_body_is_read_and_unknown_fields_are_ignored()
    {
        using var answer = await PostAsync("""{"name":"Zoë","count":3,"nobody":{"knows":[1,2,{}]},"when":"2026-01-15T12:00:00.9+02:00"}""");
        Assert.Equal("""{"name":"Zoë","count":3,"when":"2026-01-15T10:00:00Z"}""", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_time_without_an_offset_is_utc()
    {
        using var answer = await PostAsync("""{"name":"n","when":"2026-01-15T12:00:00"}""");
        Assert.Equal("2026-01-15T12:00:00Z", (await answer.JsonAsync()).GetProperty("when").GetString());
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/jsonp")]
    [InlineData(null)]
    public async Task A_body_that_is_not_called_json_is_415(string? type)
    {
        using var answer = await PostAsync("{}", type);
        await answer.AssertErrorAsync(HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{")]
    [InlineData("{\"name\":\"a\"} {}")]
    [InlineData("{\"name\":\"a\",}")]
    [InlineData("{'name':'a'}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"text\"")]
    [InlineData("17")]
    public async Task A_body_that_is_not_a_json_object_is_400(string body)
    {
        using var answer = await PostAsync(body);
        var error = await answer.AssertErrorAsync(HttpStatusCode.BadRequest, "malformed_json");
        Assert.Equal(1, error.GetProperty("details").GetProperty("formErrors").GetArrayLength());
    }

    [Theory]
    [InlineData("""{"name":5}""", "name")]
    [InlineData("""{"name":["a"]}""", "name")]
    [InlineData("""{"name":"a","count":"3"}""", "count")]
    [InlineData("""{"name":"a","count":1e99}""", "count")]
    [InlineData("""{"name":"a","count":1.5}""", "count")]
    [InlineData("""{"name":"a","when":5}""", "when")]
    [InlineData("""{"name":"a","when":"0000-00-00T00:00:00Z"}""", "when")]
    [InlineData("""{"name":"a","list":[1,2,"3"]}""", "list[2]")]
    [InlineData("""{}""", "name")]
    [InlineData("""{"name":"   "}""", "name")]
    [InlineData("""{"name":"a\u0000b"}""", "name")]
    [InlineData("""{"name":"a\ud800b"}""", "name")]
    [InlineData("""{"name":"a","free":{"x":["\u0000"]}}""", "free")]
    [InlineData("""{"name":"a","free":{"\u0000":1}}""", "free")]
    [InlineData("""{"name":"a","nobody":"\udc00"}""", "nobody")]
    public async Task A_wrong_field_is_400_and_named(string body, string field)
    {
        using var answer = await PostAsync(body);
        await answer.AssertFieldErrorAsync(field);
    }

    [Fact]
    public async Task A_backslash_before_u0000_is_only_text()
    {
        using var answer = await PostAsync("""{"name":"a\\u0000"}""");
        Assert.Equal("a\\u0000", (await answer.JsonAsync()).GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_field_given_twice_is_400()
    {
        using var answer = await PostAsync("""{"name":"a","name":"b"}""");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"a\":", "}")]
    public async Task A_thousand_nested_values_are_400(string open, string close)
    {
        var deep = string.Concat(Enumerable.Repeat(open, 1_000)) + "1" + string.Concat(Enumerable.Repeat(close, 1_000));
        using var bare = await PostAsync(deep);
        await bare.AssertErrorAsync(HttpStatusCode.BadRequest, "malformed_json");
        using var inUnknownField = await PostAsync($$"""{"name":"a","nobody":{{deep}}}""");
        await inUnknownField.AssertErrorAsync(HttpStatusCode.BadRequest, "malformed_json");
        using var escaped = await PostAsync($$"""{"name":"\u0041","nobody":{{deep}}}""");
        await escaped.AssertErrorAsync(HttpStatusCode.BadRequest, "malformed_json");
    }

    [Fact]
    public async Task Bytes_that_are_no_utf8_are_400()
    {
        using var content = new ByteArrayContent([.. "{\"name\":\""u8, 0xC3, 0x28, .. "\"}"u8]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var answer = await _host.NewClient().PostAsync("/api/echo", content);
        await answer.AssertErrorAsync(HttpStatusCode.BadRequest, "malformed_json");
    }

    [Fact]
    public async Task An_absent_body_is_400_or_what_the_route_makes_of_it()
    {
        using var required = await _host.NewClient().PostAsync("/api/echo", null);
        await required.AssertErrorAsync(HttpStatusCode.BadRequest, "validation_failed");
        using var optional = await _host.NewClient().PostAsync("/api/echo/optional", null);
        Assert.Equal("nobody", (await optional.JsonAsync()).GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_body_over_the_limit_is_413_whether_or_not_it_says_its_length()
    {
        var large = $$"""{"name":"{{new string('a', 2_000_000)}}"}""";
        using var known = await PostAsync(large);
        await known.AssertErrorAsync(HttpStatusCode.RequestEntityTooLarge, "too_large");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/echo") { Content = new StringContent(large, null, "application/json") };
        request.Headers.TransferEncodingChunked = true;
        using var chunked = await _host.NewClient().SendAsync(request);
        await chunked.AssertErrorAsync(HttpStatusCode.RequestEntityTooLarge, "too_large");
    }

    [Theory]
    [InlineData("/api/nothing/here", HttpStatusCode.NotFound)]
    [InlineData("/api/accounts", HttpStatusCode.Unauthorized)]
    public async Task Whoever_sends_too_much_to_a_route_that_refuses_him_still_gets_the_refusal(string path, HttpStatusCode status)
    {
        var client = _host.NewClient();
        for (var i = 0; i < 5; i++)
        {
            using var answer = await client.PostAsync(path, new StringContent(new string('a', 6_000_000), null, "application/json"));
            Assert.Equal(status, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_route_may_have_its_own_limit()
    {
        var large = $$"""{"name":"{{new string('a', 2_000_000)}}"}""";
        using var answer = await _host.NewClient().PostAsync("/api/echo/large", new StringContent(large, null, "application/json"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_body_of_100_megabytes_is_413_before_it_is_sent()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(_host.Address.Host, _host.Address.Port);
        var stream = client.GetStream();
        var head = string.Create(CultureInfo.InvariantCulture, $"POST /api/auth/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {100 * 1024 * 1024}\r\n\r\n{{");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
        var buffer = new byte[4096];
        var read = await stream.ReadAsync(buffer).AsTask().WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System);
        var answer = Encoding.ASCII.GetString(buffer, 0, read);
        Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> PostAsync(string body, string? type = "application/json")
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        if (type is not null) content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return _host.NewClient().PostAsync("/api/echo", content);
    }

    private static void MapEcho(WebApplication app)
    {
        app.MapPost("/api/echo", (Delegate)((HttpContext http) => EchoAsync(http, null))).RequireNothing();
        app.MapPost("/api/echo/optional", (Delegate)((HttpContext http) => EchoAsync(http, new Echo("nobody", null, null)))).RequireNothing();
        app.MapPost("/api/echo/large", (Delegate)((HttpContext http) => EchoAsync(http, null))).RequireNothing().WithBodyLimit(5_000_000);
    }

    private static async Task<IResult> EchoAsync(HttpContext http, Echo? whenEmpty)
    {
        var body = await JsonBody.ReadAsync(http, whenEmpty);
        if (body.IsRefused) return body.Refusal;
        return Results.Ok(body.Value with { List = null, Free = null });
    }

    private sealed record Echo(
        [property: JsonPropertyName("name")] string? Name,
        [property: JsonPropertyName("count"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Count,
        [property: JsonPropertyName("when"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? When) : IChecked
    {
        [JsonPropertyName("list"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public int[]? List { get; init; }

        [JsonPropertyName("free"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public Dictionary<string, object>? Free { get; init; }

        public void Check(FieldErrors errors) => errors.Required("name", Name, 5_000_000);
    }
}
