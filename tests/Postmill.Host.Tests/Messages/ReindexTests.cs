using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Postmill.Adapters.Postgres.Messages.Reindexing;

namespace Postmill.Host.Tests.Messages;

/// <summary>Mail that an older release stored gets the words of today's search.</summary>
public sealed class ReindexTests : IAsyncLifetime
{
    private readonly MailHost _mail = new() { Options = new HostFixtureOptions { Configure = ByHand } };
    private SignedIn _user = null!;
    private Guid _account;

    private SearchReindex Reindex => _mail.Host.Services.GetRequiredService<SearchReindex>();

    public async Task InitializeAsync()
    {
        await _mail.InitializeAsync();
        _user = await _mail.Host.SignUpAsync();
        _account = await _mail.NewAccountAsync(_user);
    }

    public Task DisposeAsync() => _mail.DisposeAsync();

    [Fact]
    public async Task Mail_of_the_first_release_is_found_by_address_and_ranked_by_subject_afterwards_and_is_otherwise_as_it_was()
    {
        var folder = await _mail.NewFolderAsync(_account, "INBOX", "inbox");
        await _mail.StoreAsync(_account, SearchHost.Mail("told", "Lunch", "the report", from: "Bea <bea@example.org>"), MailHost.Noon.AddHours(1), [], folder);
        await _mail.StoreAsync(_account, SearchHost.Mail("titled", "The report", "lunch"), MailHost.Noon, [], folder);
        await AsOfTheFirstReleaseAsync();
        Assert.Equal("", (await _user.SearchAsync(_account, new { from = "bea@example.org" })).Ids());
        var before = (await MailHost.GetAsync(_user, $"/api/accounts/{_account}/emails")).ToString();

        Assert.Equal(2, await Reindex.CountAsync(default));
        Assert.Equal(2, await Reindex.NextAsync(default));
        Assert.Equal((0, 0L), (await Reindex.NextAsync(default), await Reindex.CountAsync(default)));

        Assert.Equal("told", (await _user.SearchAsync(_account, new { from = "bea@example.org" })).Ids());
        Assert.Equal("titled told", (await _user.SearchAsync(_account, new { query = "report" })).Ids());
        Assert.Equal(before, (await MailHost.GetAsync(_user, $"/api/accounts/{_account}/emails")).ToString());
        Assert.Equal(0L, await _mail.ScalarAsync("SELECT count(*) FROM event"));
    }

    [Fact]
    public async Task It_is_what_ingest_writes_for_every_mail_also_for_recipients_that_no_header_names()
    {
        await _mail.StoreAsync(_account, SampleMail.Full(), MailHost.Noon, []);
        await _mail.StoreAsync(_account, SearchHost.Mail("jp", "会議の資料", "東京都の天気", more: SearchHost.File("größe.pdf")), MailHost.Noon, []);
        const string words = "SELECT string_agg(words::text, '|' ORDER BY message_id) FROM message_search";
        var ingest = await _mail.ScalarAsync(words);
        await AsOfTheFirstReleaseAsync();
        Assert.NotEqual(ingest, await _mail.ScalarAsync(words));
        await Reindex.NextAsync(default);
        Assert.Equal(ingest, await _mail.ScalarAsync(words));

        await _mail.ExecuteAsync("""UPDATE message SET bcc_json = '[{"name":null,"email":"hidden@example.net"}]' WHERE message_id = 'jp@example.org'""");
        await AsOfTheFirstReleaseAsync();
        await Reindex.NextAsync(default);
        Assert.Equal("jp", (await _user.SearchAsync(_account, new { to = "hidden@example.net" })).Ids());
    }

    [Fact]
    public async Task A_part_that_an_older_release_decoded_otherwise_is_served_afterwards()
    {
        const string odd = "From: a@example.org\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=4=41";
        var mail = await _mail.StoreAsync(_account, System.Text.Encoding.ASCII.GetBytes(odd), MailHost.Noon, []);
        const string stored = "SELECT string_agg(size || ' ' || encode(sha256, 'hex'), '|') FROM message_part";
        var ingest = await _mail.ScalarAsync(stored);
        await _mail.ExecuteAsync("UPDATE message_part SET size = 3, sha256 = sha256('=4A'); UPDATE message_search SET version = 2");
        var parts = await MailHost.GetAsync(_user, $"/api/emails/{mail}/parts");
        var content = $"/api/emails/{mail}/parts/{mail:N}-0/content";
        using (var before = await _user.Client.GetAsync(content)) Assert.Equal(System.Net.HttpStatusCode.Conflict, before.StatusCode);

        Assert.Equal(1, await Reindex.NextAsync(default));

        Assert.Equal(ingest, await _mail.ScalarAsync(stored));
        Assert.Equal("=4=41", await _user.Client.GetStringAsync(content));
        Assert.NotEqual(parts.ToString(), (await MailHost.GetAsync(_user, $"/api/emails/{mail}/parts")).ToString());
    }

    [Fact]
    public async Task Mail_that_somebody_deletes_meanwhile_has_no_words_afterwards()
    {
        var ids = new[] { await _mail.StoreAsync(_account, MailHost.Note("a"), MailHost.Noon, []), await _mail.StoreAsync(_account, MailHost.Note("b"), MailHost.Noon, []) };
        await AsOfTheFirstReleaseAsync();
        await using (var other = await _mail.Database.OpenConnectionAsync())
        await using (var transaction = await other.BeginTransactionAsync())
        {
            await using var hold = other.CreateCommand();
            hold.CommandText = "SELECT 1 FROM message WHERE id = $1 FOR NO KEY UPDATE";
            hold.Parameters.Add(new() { Value = ids[0] });
            await hold.ExecuteNonQueryAsync();
            Assert.Equal(1, await Reindex.NextAsync(default)); // what another one writes is left for later
        }

        (await _user.Client.DeleteAsync($"/api/emails/{ids[0]}")).Dispose();
        Assert.Equal(0, await Reindex.NextAsync(default));
        Assert.Equal(1L, await _mail.ScalarAsync("SELECT count(*) FROM message_search"));
    }

    [Fact]
    public async Task Two_silos_share_the_work()
    {
        for (var i = 0; i < 100; i++) await _mail.StoreAsync(_account, MailHost.Note($"n{i}"), MailHost.Noon.AddSeconds(i), []);
        await AsOfTheFirstReleaseAsync();
        var other = new SearchReindex(_mail.Database);
        var done = await Task.WhenAll(AllAsync(Reindex), AllAsync(other));
        Assert.Equal(100, done.Sum());
        Assert.Equal(100L, await _mail.ScalarAsync("SELECT count(*) FROM message_search WHERE version = 3"));
    }

    [Fact]
    public async Task A_start_after_an_upgrade_does_it_by_itself_and_tells_the_log()
    {
        await _mail.StoreAsync(_account, MailHost.Note("old"), MailHost.Noon, []);
        await AsOfTheFirstReleaseAsync();
        await _mail.Host.StopAsync();
        await using var upgraded = await HostFixture.StartAsync(new HostFixtureOptions { ConnectionString = _mail.Host.ConnectionString });
        await Eventually.TrueAsync("the log says that it is done", () => Task.FromResult(upgraded.Logs.Lines.Any(l => l.Contains("search of 1 mails anew", StringComparison.Ordinal))));
        Assert.Equal(1L, await _mail.ScalarAsync("SELECT count(*) FROM message_search WHERE version = 3"));
    }

    private static async Task<int> AllAsync(SearchReindex reindex)
    {
        var done = 0;
        for (int some; (some = await reindex.NextAsync(default)) > 0;) done += some;
        return done;
    }

    // Words without weights and without whole addresses.
    private Task AsOfTheFirstReleaseAsync() =>
        _mail.ExecuteAsync("UPDATE message_search SET version = 1, words = ts_delete(setweight(words, 'D'), (SELECT coalesce(array_agg(w), '{}') FROM unnest(tsvector_to_array(words)) w WHERE w LIKE '%@%'))");

    private static void ByHand(WebApplicationBuilder builder) => builder.Services.Remove(builder.Services.Single(s => s.ImplementationType == typeof(SearchReindexer)));
}
