using System.Net;
using System.Net.Http.Json;

namespace Postmill.Host.Tests.Messages;

/// <summary>What search finds, and in which order.</summary>
public sealed class SearchTests(SearchTests.Corpus corpus) : IClassFixture<SearchTests.Corpus>
{
    [Theory]
    // Newest first: minutes are in the order of the corpus, the last is the newest.
    [InlineData("grusse", "umlaut plain")]
    [InlineData("Grüße", "umlaut plain")]
    [InlineData("ÉCOLE", "accents")]
    [InlineData("ecole", "accents")]
    [InlineData("京都", "chinese tokyo")]
    [InlineData("東京都", "tokyo")]
    [InlineData("数据库", "chinese")]
    [InlineData("メール", "tokyo")]
    [InlineData("rechnung*", "file compound")]
    [InlineData("rechnungs", "")]
    [InlineData("rechnungsnummer", "compound")]
    [InlineData("Rechnung-2026.pdf", "file")]
    [InlineData("ada@sender.example", "quoted sender")]
    [InlineData("from:ada@sender.example", "sender")]
    [InlineData("from:ADA@Sender.Example", "sender")]
    [InlineData("from:lovelace", "sender")]
    [InlineData("from:sender.example", "sender")]
    [InlineData("to:bob@x.example", "copied")]
    [InlineData("to:carl", "copied")]
    [InlineData("\"lunch at noon\"", "phrase")]
    [InlineData("lunch noon", "other phrase")]
    [InlineData("lunch -\"at noon\"", "other")]
    [InlineData("lunch -noon", "")]
    [InlineData("-lunch subject:lunch", "")]
    [InlineData("subject:lunch", "phrase")]
    [InlineData("in:archive noon", "other")]
    [InlineData("-in:archive noon", "phrase")]
    [InlineData("is:unread lunch", "phrase")]
    [InlineData("-is:unread lunch", "other")]
    [InlineData("has:attachment", "file")]
    [InlineData("tag:work", "plain")]
    [InlineData("id:<umlaut@example.org>", "umlaut")]
    [InlineData("after:2026-05-27 before:2026-05-28 lunch", "other phrase")]
    [InlineData("after:2026-05-28 lunch", "")]
    [InlineData("before:2026-05-27", "")]
    public async Task A_query_finds(string query, string ids) =>
        Assert.Equal(ids, (await corpus.User.SearchAsync(corpus.Account, new { query, sort = "newest" })).Ids());

    [Fact]
    public async Task Fields_of_the_body_find_what_the_query_s_fields_find()
    {
        await FindsAsync(new { from = "ada@sender.example" }, "sender");
        await FindsAsync(new { from = "love*" }, "sender");
        await FindsAsync(new { to = "bob@x.example" }, "copied");
        await FindsAsync(new { subject = "LUNCH" }, "phrase");
        await FindsAsync(new { query = "lunch", folder = "Archive" }, "other");
        await FindsAsync(new { query = "lunch", unread = true }, "phrase");
        await FindsAsync(new { starred = true }, "other");
        await FindsAsync(new { has_attachments = true }, "file");
        await FindsAsync(new { message_id = "umlaut@example.org" }, "umlaut");
        await FindsAsync(new { tag = "work" }, "plain");
        await FindsAsync(new { direction = "outbound" }, "");
        await FindsAsync(new { thread_id = "nonsense" }, "");
        await FindsAsync(new { after = "2026-05-27T12:01:00Z", before = "2026-05-27T12:03:00Z", sort = "newest" }, "accents");
        var one = (await corpus.User.SearchAsync(corpus.Account, new { message_id = "<plain@example.org>" })).GetProperty("emails")[0];
        await FindsAsync(new { thread_id = one.GetProperty("thread_id").GetString(), query = "" }, "copied plain");
        Assert.Equal(13, (await corpus.User.SearchAsync(corpus.Account, new { })).GetProperty("emails").GetArrayLength());

        async Task FindsAsync(object body, string ids) => Assert.Equal(ids, (await corpus.User.SearchAsync(corpus.Account, body)).Ids());
    }

    [Fact]
    public async Task Relevance_puts_the_subject_before_the_text_and_often_before_once()
    {
        var (user, account) = await corpus.NewAsync();
        var minute = 0;
        foreach (var (id, subject, text) in new[]
        {
            ("subject", "The budget", "Nothing else in here."), ("once", "Monday", "A word on the budget and then on other things that matter more to us all."),
            ("often", "Tuesday", "Budget, budget and again the budget."), ("none", "Wednesday", "Nothing of it."),
        }) await corpus.Mail.StoreAsync(account, SearchHost.Mail(id, subject, text), MailHost.Noon.AddMinutes(minute++), []);
        Assert.Equal("subject often once", (await user.SearchAsync(account, new { query = "budget" })).Ids());
        Assert.Equal("often once subject", (await user.SearchAsync(account, new { query = "budget", sort = "newest" })).Ids());
        Assert.Equal("none", (await user.SearchAsync(account, new { query = "-budget" })).Ids());
    }

    [Fact]
    public async Task An_answer_is_as_promised_marks_the_hits_and_holds_no_body()
    {
        var (user, account) = await corpus.NewAsync();
        var inbox = await corpus.Mail.NewFolderAsync(account, "INBOX", "inbox");
        await corpus.Mail.StoreAsync(account, SampleMail.Full(), MailHost.Noon, ["\\Seen"], inbox);
        using var answer = await user.Client.PostAsJsonAsync($"/api/accounts/{account}/emails/search", new { query = "grüße" });
        var raw = await answer.Content.ReadAsStringAsync();
        Golden.AssertMatches("email_search", raw);
        foreach (var body in new[] { "\"text\"", "\"html\"", "text_body", "cid:logo", "alert(1)", "\\u003Cp\\u003E", "iVBO" }) Assert.DoesNotContain(body, raw, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("noon", "phrase", "see you at &lt;b&gt;<mark>noon</mark>&lt;/b&gt;")]
    [InlineData("subject:lunch", "phrase", "<mark>Lunch</mark> at noon")]
    [InlineData("rechnung*", "file", "<mark>Rechnung</mark>-2026.pdf")]
    [InlineData("from:ada", "sender", "Hi.")]
    [InlineData("都です", "tokyo", "東京<mark>都です</mark>、メール")]
    [InlineData("grusse", "umlaut", "Viele <mark>Grüße</mark> aus Köln")]
    public async Task A_snippet_shows_why(string query, string id, string html)
    {
        var found = await corpus.User.SearchAsync(corpus.Account, new { query });
        var email = found.GetProperty("emails").EnumerateArray().Single(e => e.GetProperty("message_id").GetString() == $"{id}@example.org");
        Assert.Equal(html, email.GetProperty("snippet_html").GetString());
    }

    [Fact]
    public async Task Who_may_not_see_the_account_does_not_find_in_it()
    {
        var path = $"/api/accounts/{corpus.Account}/emails/search";
        var stranger = await corpus.Mail.Host.SignUpAsync();
        using var foreign = await stranger.Client.PostAsJsonAsync(path, new { query = "lunch" });
        await foreign.AssertErrorAsync(HttpStatusCode.NotFound, "not_found");
        using var unknown = await corpus.User.Client.PostAsJsonAsync("/api/accounts/nonsense/emails/search", new { query = "lunch" });
        await unknown.AssertErrorAsync(HttpStatusCode.NotFound, "not_found");
        using var anonymous = await corpus.Mail.Host.NewClient().PostAsJsonAsync(path, new { query = "lunch" });
        await anonymous.AssertErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
        var (second, other) = await corpus.NewAsync(corpus.User);
        Assert.Equal("", (await second.SearchAsync(other, new { query = "lunch" })).Ids());
    }

    /// <summary>One account with a mail for each thing that search must find.</summary>
    public sealed class Corpus : IAsyncLifetime
    {
        public MailHost Mail { get; } = new();

        public SignedIn User { get; private set; } = null!;

        public Guid Account { get; private set; }

        public async Task InitializeAsync()
        {
            await Mail.InitializeAsync();
            (User, Account) = await NewAsync();
            var inbox = await Mail.NewFolderAsync(Account, "INBOX", "inbox");
            var archive = await Mail.NewFolderAsync(Account, "Archive", "archive");
            var minute = 0;
            foreach (var (raw, folder, flags) in new (byte[], long, string[])[]
            {
                (SearchHost.Mail("plain", "Cologne", "Many grusse"), inbox, ["\\Seen"]),
                (SearchHost.Mail("umlaut", "Köln", "Viele Grüße aus Köln"), inbox, ["\\Seen"]),
                (SearchHost.Mail("accents", "L'École", "à bientôt"), inbox, ["\\Seen"]),
                (SearchHost.Mail("tokyo", "ご案内", "東京都です、メール"), inbox, ["\\Seen"]),
                (SearchHost.Mail("chinese", "会议", "数据库和京都"), inbox, ["\\Seen"]),
                (SearchHost.Mail("compound", "Ihre Rechnungsnummer", "4711"), inbox, ["\\Seen"]),
                (SearchHost.Mail("file", "Papers", "See attached.", more: SearchHost.File("Rechnung-2026.pdf")), inbox, ["\\Seen"]),
                (SearchHost.Mail("sender", "An introduction", "Hi.", from: "Ada Lovelace <ada@sender.example>"), inbox, ["\\Seen"]),
                (SearchHost.Mail("quoted", "Fwd", "She wrote from ada@sender.example to us."), inbox, ["\\Seen"]),
                (SearchHost.Mail("copied", "Note", "x", to: "Bob <bob@x.example>", header: "Cc: Carl <carl@y.example>\nReferences: <plain@example.org>\n"), inbox, ["\\Seen"]),
                (SearchHost.Mail("phrase", "Lunch at noon", "see you at <b>noon</b>"), inbox, []),
                (SearchHost.Mail("other", "Plans", "Before noon? No lunch, I fear: noon is when lunch is late."), archive, ["\\Seen", "\\Flagged"]),
                (SearchHost.Mail("last", "Bye", "end"), inbox, ["\\Seen"]),
            }) await Mail.StoreAsync(Account, raw, MailHost.Noon.AddMinutes(minute++), flags, folder);
            await Mail.ExecuteAsync("UPDATE message SET tags = '{work,home}' WHERE account_id = $1 AND message_id = 'plain@example.org'", Account);
        }

        public async Task<(SignedIn User, Guid Account)> NewAsync(SignedIn? user = null)
        {
            user ??= await Mail.Host.SignUpAsync();
            return (user, await Mail.NewAccountAsync(user));
        }

        public Task DisposeAsync() => Mail.DisposeAsync();
    }
}
