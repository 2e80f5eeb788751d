using System.Net;
using Postmill.Host.Tests.Sync;
using Postmill.Host.Tests.SyncApi;
using Postmill.Testing.Servers;

namespace Postmill.Host.Tests.Accounts;

/// <summary>What <c>POST /api/accounts</c> refuses, in which order, and that nothing stays of it.</summary>
public sealed class ConnectRefusalTests(TenantWorld shared) : IClassFixture<TenantWorld>
{
    [Fact]
    public async Task A_wrong_password_is_400_with_the_servers_reason_and_leaves_no_trace_of_it()
    {
        var tenant = await shared.NewTenantAsync();
        var wrong = $"wrong-{Guid.NewGuid():N}";
        using var answer = await tenant.PostAccountAsync(tenant.Body(("password", wrong)));
        var body = await answer.AssertErrorAsync(HttpStatusCode.BadRequest, "imap_verification_failed");
        var error = body.GetProperty("error").GetString()!;
        Assert.StartsWith("IMAP verification failed: ", error, StringComparison.Ordinal);
        Assert.Contains("Authentication failed", error, StringComparison.OrdinalIgnoreCase); // Dovecot's words
        Golden.AssertMatches("imap_verification_failed", body.ToString().Replace(error["IMAP verification failed: ".Length..], "<why>", StringComparison.Ordinal));
        Assert.DoesNotContain(wrong, body.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(shared.Host.Logs.Lines, line => line.Contains(wrong, StringComparison.Ordinal));
        Assert.Equal(0, await tenant.RowsAsync());
        Assert.Empty(await tenant.AccountsAsync());
    }

    [Fact]
    public async Task The_password_of_a_connected_account_is_in_no_log_line_and_not_readable_in_the_database()
    {
        var tenant = await shared.NewTenantAsync();
        var account = await tenant.ConnectAndSyncAsync();
        Assert.DoesNotContain(shared.Host.Logs.Lines, line => line.Contains(MailWorld.Password, StringComparison.Ordinal));
        Assert.Equal(0, await tenant.CountAsync($"SELECT count(*) FROM account WHERE id = $1 AND account::text LIKE '%{MailWorld.Password}%'", account));
        Assert.Equal(0, await tenant.CountAsync($"SELECT count(*) FROM account WHERE id = $1 AND position('{MailWorld.Password}'::bytea IN secret) > 0", account));
    }

    [Fact]
    public async Task SMTP_that_refuses_the_login_is_400_with_its_words()
    {
        var tenant = await shared.NewTenantAsync();
        await using var smtp = ScriptedServer.Start(MailStories.Smtp(async (talk, verb) =>
        {
            if (verb != "AUTH") return false;
            await talk.SayAsync("535 5.7.8 this mailbox may not send");
            return true;
        }));
        using var answer = await tenant.PostAccountAsync(tenant.Body(("smtp_port", smtp.Port), ("smtp_tls", "none")));
        var body = await answer.AssertErrorAsync(HttpStatusCode.BadRequest, "smtp_verification_failed");
        Assert.Contains("this mailbox may not send", body.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal("auth_failed", body.GetProperty("reason").GetString());
        Assert.Equal(0, await tenant.RowsAsync());
    }

    [Theory]
    [InlineData("imap")]
    [InlineData("smtp")]
    public async Task A_server_that_repeats_the_password_in_its_refusal_does_not_get_it_shown(string which)
    {
        const string secret = "hunter2-but-longer";
        var tenant = await shared.NewTenantAsync();
        await using var imap = ScriptedServer.Start(MailStories.Imap(async (talk, tag, command) =>
        {
            if (which != "imap" || command != "LOGIN") return false;
            await talk.SayAsync($"{tag} NO [AUTHENTICATIONFAILED] no user with password {secret} here");
            return true;
        }));
        await using var smtp = ScriptedServer.Start(MailStories.Smtp(async (talk, verb) =>
        {
            if (which != "smtp" || verb != "AUTH") return false;
            await talk.SayAsync($"535 5.7.8 no user with password {secret} here");
            return true;
        }));
        using var answer = await tenant.PostAccountAsync(
            tenant.Body(("password", secret), ("imap_port", imap.Port), ("imap_tls", "none"), ("smtp_port", smtp.Port), ("smtp_tls", "none")));
        var body = await answer.AssertErrorAsync(HttpStatusCode.BadRequest, $"{which}_verification_failed");
        Assert.DoesNotContain(secret, body.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(shared.Host.Logs.Lines, line => line.Contains(secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_same_address_twice_is_409_in_any_case_and_without_asking_the_servers_but_not_for_another_user()
    {
        var tenant = await shared.NewTenantAsync();
        await tenant.ConnectAsync();
        await using var gate = MailGate.Open(shared.World.Dovecot.ImapsPort);
        foreach (var address in new[] { tenant.Mailbox, tenant.Mailbox.ToUpperInvariant(), $" {tenant.Mailbox} " })
        {
            using var answer = await tenant.PostAccountAsync(tenant.Body(("email", address), ("imap_port", gate.Port)));
            await answer.AssertErrorAsync(HttpStatusCode.Conflict, "account_already_connected");
            Golden.AssertMatches("account_already_connected", await answer.Content.ReadAsStringAsync());
        }
        Assert.Equal(0, gate.Accepted);
        Assert.Equal(1, await tenant.RowsAsync());

        var other = await shared.NewTenantAsync();
        await other.ConnectAsync(("email", tenant.Mailbox));
    }

    [Fact]
    public async Task The_same_address_twice_at_once_is_connected_once()
    {
        var tenant = await shared.NewTenantAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => tenant.PostAccountAsync(tenant.Body())));
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.Created);
        foreach (var refused in answers.Where(a => a.StatusCode != HttpStatusCode.Created))
            await refused.AssertErrorAsync(HttpStatusCode.Conflict, "account_already_connected");
        Assert.Equal(1, await tenant.RowsAsync());
    }

    [Fact]
    public async Task Fields_then_the_same_address_then_the_quota_then_the_servers()
    {
        await using var world = await MailWorld.StartAsync(new Dictionary<string, string> { ["Postmill:Accounts:MostPerUser"] = "1" });
        await using var gate = MailGate.Open(world.Dovecot.ImapsPort);
        var tenant = new Tenant(world, world.User);
        await tenant.ConnectAsync();
        var another = world.NewMailbox();

        using (var fields = await tenant.PostAccountAsync(tenant.Body(("imap_port", 0)))) await fields.AssertFieldErrorAsync("imap_port");
        using (var same = await tenant.PostAccountAsync(tenant.Body(("imap_port", gate.Port)))) await same.AssertErrorAsync(HttpStatusCode.Conflict, "account_already_connected");
        using (var quota = await tenant.PostAccountAsync(tenant.Body(("email", another), ("username", another), ("password", "wrong"), ("imap_port", gate.Port))))
        {
            await quota.AssertErrorAsync(HttpStatusCode.Forbidden, "plan_limit_exceeded");
            Golden.AssertMatches("account_quota", await quota.Content.ReadAsStringAsync());
        }
        Assert.Equal(0, gate.Accepted);
        Assert.Equal(1, await tenant.RowsAsync());

        // What is disconnected does not count.
        using (var gone = await tenant.Client.DeleteAsync($"/api/accounts/{(await tenant.AccountsAsync())[0].GetProperty("id").GetGuid()}")) gone.EnsureSuccessStatusCode();
        await tenant.ConnectAsync(("email", another), ("username", another));
    }

    [Fact]
    public async Task Accounts_connected_at_once_do_not_pass_the_quota()
    {
        await using var world = await MailWorld.StartAsync(new Dictionary<string, string> { ["Postmill:Accounts:MostPerUser"] = "2" });
        var tenant = new Tenant(world, world.User);
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ =>
        {
            var mailbox = world.NewMailbox();
            return tenant.PostAccountAsync(tenant.Body(("email", mailbox), ("username", mailbox)));
        }));
        Assert.Equal(2, answers.Count(a => a.StatusCode == HttpStatusCode.Created));
        foreach (var refused in answers.Where(a => a.StatusCode != HttpStatusCode.Created)) await refused.AssertErrorAsync(HttpStatusCode.Forbidden, "plan_limit_exceeded");
        Assert.Equal(2, await tenant.RowsAsync());
    }

    [Theory]
    [InlineData("expired")]
    [InlineData("wrong host")]
    [InlineData("self-signed")]
    public async Task A_certificate_that_does_not_hold_is_refused_at_both_servers(string what)
    {
        var tenant = await shared.NewTenantAsync();
        var made = TestCertificates.Shared;
        using var certificate = (what switch { "expired" => made.Expired, "wrong host" => made.WrongHost, _ => made.SelfSigned }).Load();
        await using var server = ScriptedServer.Start(async talk =>
        {
            await talk.BeginTlsAsync(certificate);
            await talk.HangAsync();
        });
        using var imap = await tenant.PostAccountAsync(tenant.Body(("imap_port", server.Port)));
        Assert.Equal("tls_failed", (await imap.AssertErrorAsync(HttpStatusCode.BadRequest, "imap_verification_failed")).GetProperty("reason").GetString());
        using var smtp = await tenant.PostAccountAsync(tenant.Body(("smtp_port", server.Port), ("smtp_tls", "implicit")));
        Assert.Equal("tls_failed", (await smtp.AssertErrorAsync(HttpStatusCode.BadRequest, "smtp_verification_failed")).GetProperty("reason").GetString());
        Assert.Equal(0, await tenant.RowsAsync());
    }

    [Fact]
    public async Task A_server_without_TLS_where_TLS_is_asked_is_refused()
    {
        var tenant = await shared.NewTenantAsync();
        await using var imap = ScriptedServer.Start(MailStories.Imap(async (talk, tag, command) =>
        {
            if (command == "CAPABILITY") await talk.SayAsync($"* CAPABILITY IMAP4rev1\r\n{tag} OK");
            else if (command == "STARTTLS") await talk.SayAsync($"{tag} BAD unknown command");
            else return false;
            return true;
        }));
        foreach (var (tls, reason) in new[] { ("implicit", "tls_failed"), ("starttls", "plaintext_refused") })
        {
            using var answer = await tenant.PostAccountAsync(tenant.Body(("imap_port", imap.Port), ("imap_tls", tls)));
            Assert.Equal(reason, (await answer.AssertErrorAsync(HttpStatusCode.BadRequest, "imap_verification_failed")).GetProperty("reason").GetString());
        }
        Assert.Equal(0, await tenant.RowsAsync());
    }

    [Fact]
    public async Task A_port_where_nobody_listens_and_a_host_that_is_not_there_are_unreachable()
    {
        var tenant = await shared.NewTenantAsync();
        using var nobody = PortLease.Take();
        foreach (var (field, value) in new (string, object)[] { ("imap_port", nobody.Port), ("imap_host", "no-such-host.invalid") })
        {
            using var answer = await tenant.PostAccountAsync(tenant.Body((field, value)));
            Assert.Equal("unreachable", (await answer.AssertErrorAsync(HttpStatusCode.BadRequest, "imap_verification_failed")).GetProperty("reason").GetString());
        }
        foreach (var (field, value) in new (string, object)[] { ("smtp_port", nobody.Port), ("smtp_host", "no-such-host.invalid") })
        {
            using var answer = await tenant.PostAccountAsync(tenant.Body((field, value)));
            Assert.Equal("unreachable", (await answer.AssertErrorAsync(HttpStatusCode.BadRequest, "smtp_verification_failed")).GetProperty("reason").GetString());
        }
        Assert.Equal(0, await tenant.RowsAsync());
    }

    [Fact]
    public async Task By_default_neither_private_addresses_nor_plaintext_are_used()
    {
        await using var strict = await HostFixture.StartAsync();
        var tenant = new Tenant(shared.World, await strict.SignUpAsync());
        await using var imap = ScriptedServer.Start(MailStories.Imap());
        foreach (var host in new[] { "localhost", "127.0.0.1", "::1", "10.0.0.1", "169.254.169.254", "0.0.0.0" })
        {
            using var answer = await tenant.PostAccountAsync(tenant.Body(("imap_host", host), ("imap_port", imap.Port)));
            Assert.Equal("address_refused", (await answer.AssertErrorAsync(HttpStatusCode.BadRequest, "imap_verification_failed")).GetProperty("reason").GetString());
        }
        using var plain = await tenant.PostAccountAsync(tenant.Body(("imap_port", imap.Port), ("imap_tls", "none")));
        var reason = (await plain.AssertErrorAsync(HttpStatusCode.BadRequest, "imap_verification_failed")).GetProperty("reason").GetString();
        Assert.Contains(reason, new[] { "plaintext_refused", "address_refused" });
        Assert.Equal(0, imap.Visits);
    }

    [Fact]
    public async Task Plaintext_is_refused_where_only_private_addresses_are_allowed()
    {
        await using var host = await HostFixture.StartAsync(new() { Settings = new Dictionary<string, string> { ["Postmill:Mail:AllowPrivateHosts"] = "true" } });
        var tenant = new Tenant(shared.World, await host.SignUpAsync());
        await using var imap = ScriptedServer.Start(MailStories.Imap());
        using var plain = await tenant.PostAccountAsync(tenant.Body(("imap_port", imap.Port), ("imap_tls", "none")));
        Assert.Equal("plaintext_refused", (await plain.AssertErrorAsync(HttpStatusCode.BadRequest, "imap_verification_failed")).GetProperty("reason").GetString());
    }
}
