using System.Net.Http.Json;
using Postmill.Host.Tests.Messages;

namespace Postmill.Host.Tests.Seeds;

/// <summary>"Query emails by indexed fields" (S4): what search must find, each with the expected order. <see cref="SearchTests"/> has the rest.</summary>
public sealed class S4SearchTests(MailHost mail) : IClassFixture<MailHost>
{
    [Fact]
    public Task It_finds_accented_and_unaccented() => FindsAsync(
        [("plain", "Cafe", "resume"), ("accented", "x", "Café, résumé"), ("decomposed", "x", "Cafe\u0301"), ("other", "x", "cave")],
        ("cafe", "plain decomposed accented"), ("CAFÉ", "plain decomposed accented"), ("resume", "plain accented"), ("Resumé", "plain accented"));

    [Fact]
    public Task It_finds_Japanese_and_Chinese_substrings() => FindsAsync(
        [("tokyo", "お知らせ", "東京都の会議は明日です"), ("kyoto", "京都", "祭り"), ("chinese", "通知", "我们的数据库服务器"), ("latin", "x", "data")],
        ("京都", "kyoto tokyo"), ("会議", "tokyo"), ("数据", "chinese"), ("库服务", "chinese"), ("議会", ""));

    [Fact]
    public Task It_finds_German_compounds_by_prefix() => FindsAsync(
        [("number", "x", "die Rechnungsnummer fehlt"), ("bill", "Rechnung", "anbei"), ("plural", "x", "alle Rechnungen"), ("calc", "x", "rechnen")],
        ("rechnung*", "bill plural number"), ("rechnungsnum*", "number"), ("Rechnung", "bill"));

    [Fact]
    public async Task It_finds_an_attachment_by_file_name()
    {
        var (user, account) = await NewAsync();
        await mail.StoreAsync(account, SearchHost.Mail("with", "x", "see attached", more: SearchHost.File("Angebot_2026-final.pdf")), MailHost.Noon, []);
        await mail.StoreAsync(account, SearchHost.Mail("about", "Angebot", "no file"), MailHost.Noon.AddMinutes(1), []);
        foreach (var (query, ids) in new[] { ("Angebot_2026-final.pdf", "with"), ("angebot final", "with"), ("angebot", "about with"), ("has:attachment angebot", "with"), ("angebot.docx", "") })
            Assert.Equal((query, ids), (query, (await user.SearchAsync(account, new { query })).Ids()));
    }

    [Fact]
    public async Task It_finds_an_address()
    {
        var (user, account) = await NewAsync();
        await mail.StoreAsync(account, SearchHost.Mail("written", "x", "ask ada.l@sender.example about it"), MailHost.Noon, []);
        await mail.StoreAsync(account, SearchHost.Mail("received", "x", "y", to: "Ada <ada.l@sender.example>"), MailHost.Noon.AddMinutes(1), []);
        await mail.StoreAsync(account, SearchHost.Mail("sent", "x", "y", from: "Ada Lovelace <ada.l@sender.example>"), MailHost.Noon.AddMinutes(2), []);
        await mail.StoreAsync(account, SearchHost.Mail("near", "x", "y", from: "ada.k@sender.example"), MailHost.Noon.AddMinutes(3), []);
        Assert.Equal("sent received written", (await user.SearchAsync(account, new { query = "ada.l@sender.example", sort = "newest" })).Ids());
        Assert.Equal("sent", (await user.SearchAsync(account, new { from = "ADA.L@sender.example" })).Ids());
        Assert.Equal("received", (await user.SearchAsync(account, new { to = "ada.l@sender.example" })).Ids());
        Assert.Equal("near sent", (await user.SearchAsync(account, new { from = "sender.example", sort = "newest" })).Ids());
    }

    [Fact]
    public Task It_finds_a_phrase() => FindsAsync(
        [("apart", "x", "the report of the annual meeting"), ("whole", "x", "the annual report is here"), ("subject", "Annual report", "x"), ("reversed", "x", "report, annual")],
        ("\"annual report\"", "subject whole"), ("annual report", "subject reversed whole apart"), ("-\"annual report\" annual", "reversed apart"));

    [Fact]
    public async Task A_common_word_is_answered_best_first_without_a_body()
    {
        var (user, account) = await NewAsync();
        await mail.StoreAsync(account, SearchHost.Mail("mentioned", "Notes", $"{new string('z', 400)} budget"), MailHost.Noon.AddDays(1), []);
        await mail.StoreAsync(account, SearchHost.Mail("titled", "Budget", "x"), MailHost.Noon, []);
        using var answer = await user.Client.PostAsJsonAsync($"/api/accounts/{account}/emails/search", new { query = "budget" });
        Assert.Equal("titled mentioned", (await answer.JsonAsync()).Ids());
        Assert.DoesNotContain(new string('z', 300), await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    /// <summary>Mails of equal rank are found newest first: the corpus is in the order of arrival.</summary>
    private async Task FindsAsync((string Id, string Subject, string Text)[] corpus, params (string Query, string Ids)[] expected)
    {
        var (user, account) = await NewAsync();
        for (var i = 0; i < corpus.Length; i++) await mail.StoreAsync(account, SearchHost.Mail(corpus[i].Id, corpus[i].Subject, corpus[i].Text), MailHost.Noon.AddMinutes(i), []);
        foreach (var (query, ids) in expected) Assert.Equal((query, ids), (query, (await user.SearchAsync(account, new { query })).Ids()));
    }

    private async Task<(SignedIn User, Guid Account)> NewAsync()
    {
        var user = await mail.Host.SignUpAsync();
        return (user, await mail.NewAccountAsync(user));
    }
}
