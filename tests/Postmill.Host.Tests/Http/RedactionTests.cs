using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Postmill.Host.Access;
using Postmill.Host.Http;
using Postmill.Host.Start;
using Postmill.Testing;

namespace Postmill.Host.Tests.Http;

public sealed class RedactionTests
{
    private const string Secret = "msk_5ec7e75ec7e75ec7e75ec7e75ec7e75ec7e75ec7e75ec7e75ec7e75ec7e75ec7";

    [Theory]
    [InlineData("/api/v1/probe?token={0}&after=3", "?after=3")]
    [InlineData("/api/v1/probe?after=3&TOKEN={0}", "?after=3")]
    [InlineData("/api/v1/probe?to%6ben={0}", "")]
    [InlineData("/api/v1/probe?token={0}&token=other", "")]
    [InlineData("/mail/ws/inbox?token={0}", "")]
    [InlineData("/api/v1/fails?token={0}", "")]
    public async Task A_token_in_the_query_is_in_no_log_trace_or_error(string path, string restOfQuery)
    {
        var traces = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = a => traces.Enqueue($"{a.DisplayName} {string.Join(' ', a.TagObjects)}"),
        };
        string? seen = null;
        QueryToken? token = null;
        await using var host = await HostFixture.StartAsync(new()
        {
            Map = app =>
            {
                app.Use((http, next) =>
                {
                    (seen, token) = (http.Request.QueryString.Value, http.Features.Get<QueryToken>());
                    return next(http);
                });
                app.MapGet("/api/v1/fails", string (HttpContext http) => throw new InvalidOperationException($"{http.Request.Path}{http.Request.QueryString}")).RequireNothing();
            },
        });
        ActivitySource.AddActivityListener(listener);
        using var answer = await host.NewClient().GetAsync(string.Format(CultureInfo.InvariantCulture, path, Secret));
        Assert.DoesNotContain(Secret, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(restOfQuery, seen ?? "");
        Assert.Equal(Secret, token?.Value);
        Assert.Contains(host.Logs.Lines, l => l.Contains("Request starting", StringComparison.Ordinal));
        Assert.DoesNotContain(host.Logs.Lines, l => l.Contains("5ec7e7", StringComparison.Ordinal));
        // The test's own client is traced by the framework as well; the server's activity is the one that counts.
        Assert.DoesNotContain(traces, t => t.Contains("HttpRequestIn", StringComparison.Ordinal) && t.Contains("5ec7e7", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_malformed_request_line_does_not_give_its_token_to_the_console()
    {
        await using var host = await HostFixture.StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(host.Address.Host, host.Address.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET /mail/ws/inbox?token={Secret} FTP/1.1\r\nHost: x\r\n\r\n"));
        var buffer = new byte[1024];
        var read = await client.GetStream().ReadAsync(buffer).AsTask().WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System);
        Assert.Matches("^HTTP/1.1 (400|505) ", Encoding.ASCII.GetString(buffer, 0, read));
        Assert.All(host.Logs.Lines, l => Assert.DoesNotContain("5ec7e7", Redaction.Clean(l), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData($"GET /ws?token={Secret}&x=1", "GET /ws?token=[redacted]&x=1")]
    [InlineData($"key {Secret} failed", "key msk_[redacted] failed")]
    [InlineData("Authorization: Bearer abc.def-ghi, next", "Authorization: Bearer [redacted], next")]
    [InlineData("Cookie: sb-access-token=abc; theme=dark", "Cookie: sb-access-token=[redacted]; theme=dark")]
    [InlineData("Cookie: __Secure-authjs.session-token=abc", "Cookie: __Secure-authjs.session-token=[redacted]")]
    [InlineData("nothing to hide", "nothing to hide")]
    public void What_libraries_quote_is_cleaned(string text, string cleaned) => Assert.Equal(cleaned, Redaction.Clean(text));

    [Fact]
    public void A_console_entry_is_one_line_whatever_is_in_it()
    {
        var entry = new LogEntry<string>(LogLevel.Error, "Sync", default, $"two\nlines\r\u001b[31m ?token={Secret}", new InvalidOperationException("and\nmore"), (s, _) => s);
        using var output = new StringWriter();
        new OneLineFormatter(new ManualClock()).Write(entry, null, output);
        var line = output.ToString();
        Assert.StartsWith("2026-01-15T10:00:00.000Z fail Sync: two lines", line, StringComparison.Ordinal);
        Assert.Equal(line.Length - 1, line.IndexOf('\n', StringComparison.Ordinal));
        Assert.DoesNotContain('\u001b', line);
        Assert.Contains("and more", line, StringComparison.Ordinal);
        Assert.DoesNotContain("5ec7e7", line, StringComparison.Ordinal);
    }
}
