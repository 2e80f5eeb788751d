using System.Net;

namespace Postmill.Host.Tests.Messages;

/// <summary>Not yours is not there, whatever the path says.</summary>
public sealed class EmailPathTests(MailHost mail) : IClassFixture<MailHost>
{
    private static readonly string[] Tails = ["", "/body", "/parts", "/parts/{part}/content", "/raw"];

    [Fact]
    public async Task Both_forms_of_the_path_give_the_same_answer()
    {
        var (user, account, email) = await OneAsync();
        foreach (var tail in Tails)
        {
            var path = $"/emails/{email}{tail.Replace("{part}", $"{email:N}-2", StringComparison.Ordinal)}";
            var byEmail = await user.Client.GetStringAsync("/api" + path);
            Assert.Equal(byEmail, await user.Client.GetStringAsync($"/api/accounts/{account}{path}"));
        }
    }

    [Fact]
    public async Task A_stranger_another_account_and_another_mail_are_all_404()
    {
        var (owner, account, email) = await OneAsync();
        var second = await mail.NewAccountAsync(owner);
        var other = await mail.StoreAsync(account, MailHost.Note($"other {email:N}"), MailHost.Noon, []);
        var stranger = await mail.Host.SignUpAsync();
        await AssertGoneAsync(stranger, $"/api/accounts/{account}/emails");
        await AssertGoneAsync(owner, $"/api/accounts/{Guid.NewGuid()}/emails");
        await AssertGoneAsync(owner, "/api/accounts/nonsense/emails");
        foreach (var tail in Tails)
        {
            var own = tail.Replace("{part}", $"{email:N}-2", StringComparison.Ordinal);
            await AssertGoneAsync(stranger, $"/api/emails/{email}{own}");
            await AssertGoneAsync(stranger, $"/api/accounts/{account}/emails/{email}{own}");
            await AssertGoneAsync(owner, $"/api/accounts/{second}/emails/{email}{own}");
            await AssertGoneAsync(owner, $"/api/emails/{Guid.NewGuid()}{own}");
            await AssertGoneAsync(owner, $"/api/emails/nonsense{own}");
        }
        foreach (var part in new[] { $"{other:N}-0", $"{email:N}-99", $"{email:N}-0", $"{email:N}", $"{email:N}-x", $"{email}-2", "x", $"{email:N}--2" })
            await AssertGoneAsync(owner, $"/api/emails/{email}/parts/{part}/content");
    }

    [Fact]
    public async Task Without_a_session_nothing_is_shown_and_a_key_is_no_session()
    {
        var (user, account, email) = await OneAsync();
        var key = await HostFixture.NewKeyAsync(user, "read");
        foreach (var path in Tails.Select(tail => $"/api/emails/{email}{tail}").Append($"/api/accounts/{account}/emails"))
        {
            using var anonymous = await mail.Host.NewClient().GetAsync(path);
            await anonymous.AssertErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
            using var byKey = await mail.Host.NewClient(key).GetAsync(path);
            await byKey.AssertErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
        }
    }

    [Fact]
    public async Task Mail_of_a_disconnected_account_stays_readable_for_everyone_with_the_role_view()
    {
        var (user, account, email) = await OneAsync(connected: false);
        await mail.Host.SetRoleAsync(user.UserId, "view");
        Assert.Equal(1, (await MailHost.GetAsync(user, $"/api/accounts/{account}/emails")).GetProperty("emails").GetArrayLength());
        foreach (var tail in Tails)
        {
            using var answer = await user.Client.GetAsync($"/api/emails/{email}{tail.Replace("{part}", $"{email:N}-2", StringComparison.Ordinal)}");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    private async Task<(SignedIn User, Guid Account, Guid Email)> OneAsync(bool connected = true)
    {
        var user = await mail.Host.SignUpAsync();
        var account = await mail.NewAccountAsync(user, connected);
        return (user, account, await mail.StoreAsync(account, SampleMail.Full($"{account:N}"), MailHost.Noon, []));
    }

    private static async Task AssertGoneAsync(SignedIn user, string path)
    {
        using var answer = await user.Client.GetAsync(path);
        await answer.AssertErrorAsync(HttpStatusCode.NotFound, "not_found");
    }
}
