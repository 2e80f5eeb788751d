using Postmill.Adapters.Postgres.Sending;
using Postmill.Adapters.Tests.Accounts;
using Postmill.Domain.Sending;

namespace Postmill.Adapters.Tests.Sending;

public sealed class SuppressionListTests(AccountDatabase database) : IClassFixture<AccountDatabase>
{
    [Fact]
    public async Task Address_is_found_in_any_spelling_and_only_by_its_user()
    {
        var (list, user, other) = (List(), await database.NewUserAsync(), await database.NewUserAsync());
        await AddAsync(list, user, "Ada@Bücher.example");
        Assert.Equal(["Ada@Bücher.example"], await FoundAsync(list, user, "ada@xn--bcher-kva.EXAMPLE", " ADA@bücher.example", "ben@example.net"));
        Assert.Empty(await FoundAsync(list, other, "ada@bücher.example"));
        Assert.Empty(await FoundAsync(list, user));
    }

    [Fact]
    public async Task Who_is_on_the_list_stays_as_he_is_until_his_time_is_over()
    {
        var (list, user) = (List(), await database.NewUserAsync());
        var (first, isNew) = await AddAsync(list, user, "ada@example.net", SuppressionReason.Complaint, database.Clock.GetUtcNow().AddHours(1));
        Assert.True(isNew);
        var (second, isNewAgain) = await AddAsync(list, user, "ADA@example.net");
        Assert.Equal((first, false), (second, isNewAgain));
        database.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Empty(await FoundAsync(list, user, "ada@example.net"));
        Assert.Empty((await list.ListAsync(user, null, null, null, 10, 0, CancellationToken.None)).Rows);
        Assert.False(await list.RemoveAsync(user, "ada@example.net", CancellationToken.None));
        await AddAsync(list, user, "ada@example.net", SuppressionReason.Complaint, database.Clock.GetUtcNow().AddHours(1));
        database.Clock.Advance(TimeSpan.FromHours(2));
        var (renewed, isRenewed) = await AddAsync(list, user, "ada@example.net");
        Assert.Equal((SuppressionReason.Manual, (DateTimeOffset?)null, true), (renewed.Reason, renewed.ExpiresAt, isRenewed));
    }

    [Fact]
    public async Task List_is_walked_page_by_page_newest_first_without_a_gap_or_a_repeat()
    {
        var (list, user) = (List(), await database.NewUserAsync());
        for (var n = 0; n < 10; n++)
        {
            await AddAsync(list, user, $"r{n}@example.net", n % 2 == 0 ? SuppressionReason.Manual : SuppressionReason.HardBounce);
            if (n % 3 == 0) database.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        var seen = new List<string>();
        SuppressionPosition? after = null;
        while (true)
        {
            var page = await list.ListAsync(user, null, null, after, 3, 0, CancellationToken.None);
            seen.AddRange(page.Rows.Select(row => row.Email));
            if (!page.More) break;
            after = SuppressionPosition.Of(page.Rows[^1]);
        }

        Assert.Equal(["r9", "r8", "r7", "r6", "r5", "r4", "r3", "r2", "r1", "r0"], seen.Select(email => email.Split('@')[0]));
        Assert.Equal(5, (await list.ListAsync(user, null, SuppressionReason.HardBounce, null, 10, 0, CancellationToken.None)).Rows.Count);
        Assert.Equal("r4@example.net", Assert.Single((await list.ListAsync(user, "R4@Example.net", null, null, 10, 0, CancellationToken.None)).Rows).Email);
    }

    [Fact]
    public async Task Address_that_was_taken_off_is_not_found()
    {
        var (list, user) = (List(), await database.NewUserAsync());
        await AddAsync(list, user, "ada@example.net");
        Assert.False(await list.RemoveAsync(await database.NewUserAsync(), "ada@example.net", CancellationToken.None));
        Assert.True(await list.RemoveAsync(user, "ADA@example.net", CancellationToken.None));
        Assert.Empty(await FoundAsync(list, user, "ada@example.net"));
    }

    private SuppressionList List() => new(database.Source, database.Clock);

    private Task<(Suppression Row, bool IsNew)> AddAsync(
        SuppressionList list, Guid user, string email, SuppressionReason reason = SuppressionReason.Manual, DateTimeOffset? expires = null) =>
        list.AddAsync(user, new Suppression(email, reason, "test", database.Clock.GetUtcNow(), expires), CancellationToken.None);

    private static async Task<IEnumerable<string>> FoundAsync(SuppressionList list, Guid user, params string[] addresses) =>
        (await list.FindAsync(user, addresses, CancellationToken.None)).Select(row => row.Email);
}
