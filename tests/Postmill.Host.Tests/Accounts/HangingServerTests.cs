using System.Net;

namespace Postmill.Host.Tests.Accounts;

/// <summary>A server that stops answering, wherever it does, costs the user the deadline and no more.</summary>
public sealed class HangingServerTests(HangingServerTests.Impatient shared) : IClassFixture<HangingServerTests.Impatient>
{
    // Far above the deadline that is set, far below the default one.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(12);

    public sealed class Impatient : TenantWorld
    {
        protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string> { ["Postmill:Mail:VerifySeconds"] = "3" };
    }

    [Theory]
    [InlineData("the greeting", "none")]
    [InlineData("TLS", "implicit")]
    [InlineData("CAPABILITY", "none")]
    [InlineData("STARTTLS", "starttls")]
    [InlineData("LOGIN", "none")]
    public async Task IMAP_that_hangs_is_400_within_the_deadline(string step, string tls)
    {
        await using var imap = ScriptedServer.Start(step is "the greeting" or "TLS" ? talk => talk.HangAsync() : MailStories.ImapHangingAt(step));
        await using var smtp = ScriptedServer.Start(MailStories.Smtp());
        await AssertTimesOutAsync("imap_verification_failed", ("imap_port", imap.Port), ("imap_tls", tls), ("smtp_port", smtp.Port), ("smtp_tls", "none"));
        Assert.Equal(1, imap.Visits);
    }

    [Theory]
    [InlineData("the greeting", "none")]
    [InlineData("TLS", "implicit")]
    [InlineData("EHLO", "none")]
    [InlineData("STARTTLS", "starttls")]
    [InlineData("AUTH", "none")]
    public async Task SMTP_that_hangs_is_400_within_the_deadline(string step, string tls)
    {
        await using var imap = ScriptedServer.Start(MailStories.Imap());
        await using var smtp = ScriptedServer.Start(step is "the greeting" or "TLS" ? talk => talk.HangAsync() : MailStories.SmtpHangingAt(step));
        await AssertTimesOutAsync("smtp_verification_failed", ("imap_port", imap.Port), ("imap_tls", "none"), ("smtp_port", smtp.Port), ("smtp_tls", tls));
        Assert.Equal(1, smtp.Visits);
    }

    private async Task AssertTimesOutAsync(string code, params (string, object?)[] servers)
    {
        var tenant = await shared.NewTenantAsync();
        var began = TimeProvider.System.GetTimestamp();
        using var answer = await tenant.PostAccountAsync(tenant.Body(servers));
        var took = TimeProvider.System.GetElapsedTime(began);
        var body = await answer.AssertErrorAsync(HttpStatusCode.BadRequest, code);
        Assert.Equal("timeout", body.GetProperty("reason").GetString());
        Assert.True(took < Soon, $"the answer took {took}");
        Assert.Equal(0, await tenant.RowsAsync());
    }
}
