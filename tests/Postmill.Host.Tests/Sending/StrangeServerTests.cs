using System.Text;
using Postmill.Host.Tests.Jobs;

namespace Postmill.Host.Tests.Sending;

/// <summary>Servers that answer strangely, and what is on the wire whatever they offer.</summary>
public sealed class StrangeServerTests(SinkWorld shared) : IClassFixture<SinkWorld>
{
    private static readonly SinkPhase[] Replying = [SinkPhase.Greeting, SinkPhase.Ehlo, SinkPhase.Auth, SinkPhase.Mail, SinkPhase.Rcpt, SinkPhase.Data, SinkPhase.Accepted];

    [Theory]
    [InlineData(SinkExtensions.All)]
    [InlineData(SinkExtensions.None)]
    [InlineData(SinkExtensions.All & ~SinkExtensions.Chunking)]
    [InlineData(SinkExtensions.All & ~SinkExtensions.Pipelining)]
    [InlineData(SinkExtensions.All & ~SinkExtensions.EnhancedStatusCodes & ~SinkExtensions.Size)]
    public async Task Whatever_is_offered_the_content_is_byte_for_byte_the_record(SinkExtensions offers)
    {
        await using var sink = await JournalSink.StartAsync(new SinkOptions { Extensions = offers | SinkExtensions.Auth });
        var tenant = await shared.NewTenantAsync(sink);
        var lines = string.Join('\n', ".", "..", "...dots", ". ", "", "Grüße", new string('x', 2_000), "bare\rreturn", "漢字", "end", ".");
        var data = await tenant.Tenant.HandInAsync(tenant.Account, new { to_json = new[] { "a@example.net", "b@example.net" }, subject = "Grüße.", text_body = lines, html_body = $"<pre>{lines}</pre>" });
        await tenant.UntilAsync(data.JobId(), "succeeded");
        var mail = Assert.Single(sink.Accepted);
        Assert.Empty(sink.Counts.Violations);
        var raw = await tenant.Tenant.Client.GetByteArrayAsync($"/api/emails/{data.GetProperty("email_id").GetGuid()}/raw");
        Assert.Equal(Encoding.Latin1.GetString(raw), Encoding.Latin1.GetString(mail.Content!));
        Assert.Equal($"<{data.MessageId()}>", mail.MessageId);
        Assert.All(Encoding.Latin1.GetString(raw).Split("\r\n"), line => Assert.InRange(line.Length, 0, 998));
    }

    [Fact]
    public async Task A_server_that_answers_in_many_lines_long_ones_and_byte_by_byte_gets_the_mail()
    {
        var rules = Replying.Select(at => new SinkRule(at, new SinkFault { Reply = Many(at), ByteByByte = at != SinkPhase.Accepted }));
        await using var sink = await JournalSink.StartAsync(new SinkOptions { Extensions = SinkExtensions.Auth, Rules = [.. rules] });
        var tenant = await shared.NewTenantAsync(sink);
        await tenant.UntilAsync(await tenant.SendAsync("a@example.net"), "succeeded");
        Assert.Single(sink.Accepted);
    }

    [Theory]
    [InlineData(SinkPhase.Greeting)]
    [InlineData(SinkPhase.Mail)]
    [InlineData(SinkPhase.Data)]
    public async Task Garbage_before_the_dot_is_tried_again(SinkPhase at)
    {
        await using var sink = await JournalSink.StartAsync(new SinkOptions { Extensions = SinkExtensions.All & ~SinkExtensions.Chunking });
        var tenant = await shared.NewTenantAsync(sink);
        sink.Use(new SinkRule(at, SinkFault.Answer("HTTP/1.1 400 Bad Request")) { Times = 1 });
        var job = await tenant.SendAsync("a@example.net");
        Assert.Equal("smtp_protocol_error", (await tenant.UntilAsync(job, "retrying")).Code());
        shared.TurnMinutes(2);
        await tenant.RetryAsync(job);
        await tenant.UntilAsync(job, "succeeded");
        Assert.Single(sink.Accepted);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request")]
    [InlineData("")]
    public async Task Garbage_or_silence_after_the_dot_leaves_everything_open(string reply)
    {
        await using var sink = await JournalSink.StartAsync();
        var tenant = await shared.NewTenantAsync(sink);
        sink.Use(new SinkRule(SinkPhase.Accepted, new SinkFault { Reply = reply, End = SinkEnd.Silence }));
        var job = await tenant.SendAsync("a@example.net");
        await tenant.UntilAsync(job, "uncertain");
        Assert.Single(sink.Accepted);
    }

    [Fact]
    public async Task A_silent_server_of_one_account_leaves_the_others_their_pace()
    {
        await using var silent = await JournalSink.StartAsync();
        await using var sink = await JournalSink.StartAsync();
        var (stuck, other) = (await shared.NewTenantAsync(silent), await shared.NewTenantAsync(sink));
        silent.Use(new SinkRule(SinkPhase.Mail, SinkFault.Behind("never")));
        var job = await stuck.SendAsync("a@example.net");
        await silent.ReachedAsync("never");
        for (var n = 0; n < 20; n++) await other.SendAsync($"r{n}@example.net");
        await Eventually.TrueAsync("the other account's mails are accepted", () => Task.FromResult(sink.Accepted.Count == 20));
        Assert.Contains((await stuck.Tenant.JobAsync(job)).State(), new[] { "queued", "running", "retrying" });
        silent.Open("never");
        await stuck.UntilAsync(job, "succeeded");
    }

    [Fact]
    public async Task An_address_that_needs_SMTPUTF8_fails_where_it_is_missing_and_goes_where_it_is()
    {
        await using var with = await JournalSink.StartAsync();
        await using var without = await JournalSink.StartAsync(new SinkOptions { Extensions = SinkExtensions.All & ~SinkExtensions.SmtpUtf8 });
        var (able, unable) = (await shared.NewTenantAsync(with), await shared.NewTenantAsync(without));
        await able.UntilAsync(await able.SendAsync("почта@example.net"), "succeeded");
        Assert.Equal(["почта@example.net"], Assert.Single(with.Accepted).Recipients);
        Assert.Equal("smtputf8_unsupported", (await unable.UntilAsync(await unable.SendAsync("почта@example.net"), "failed")).Code());
        Assert.Empty(without.Accepted);
        Assert.Empty(with.Counts.Violations);
        Assert.Empty(without.Counts.Violations);
    }

    private static string Many(SinkPhase at)
    {
        var code = at switch { SinkPhase.Greeting => 220, SinkPhase.Auth => 235, SinkPhase.Data => 354, _ => 250 };
        return at == SinkPhase.Ehlo ? "250-sink\r\n250-X-ODD one two\r\n250 AUTH PLAIN" : $"{code}-one\r\n{code}-{new string('l', 900)}\r\n{code} three";
    }
}
