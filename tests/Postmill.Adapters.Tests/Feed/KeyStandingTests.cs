using Postmill.Adapters.Postgres.Feed;

namespace Postmill.Adapters.Tests.Feed;

public sealed class KeyStandingTests(FeedDatabase database) : IClassFixture<FeedDatabase>
{
    [Fact]
    public async Task Revoked_expired_and_vanished_keys_are_void_and_living_ones_are_not()
    {
        var user = await database.NewUserAsync();
        var living = await NewKeyAsync(user);
        var later = await NewKeyAsync(user, expiresAt: FeedDatabase.Noon.AddSeconds(1));
        var expired = await NewKeyAsync(user, expiresAt: FeedDatabase.Noon);
        var revoked = await NewKeyAsync(user, revokedAt: FeedDatabase.Noon.AddDays(-1));
        var never = Guid.NewGuid();
        var found = await new KeyStanding(database.Source).VoidAsync([living, later, expired, revoked, never], FeedDatabase.Noon, CancellationToken.None);
        Assert.Equal(new[] { expired, revoked, never }.Order(), found.Order());
    }

    private async Task<Guid> NewKeyAsync(Guid user, DateTimeOffset? expiresAt = null, DateTimeOffset? revokedAt = null)
    {
        var id = Guid.NewGuid();
        await database.ExecuteAsync(
            "INSERT INTO api_key (id, user_id, name, prefix, key_hash, scopes, created_at, expires_at, revoked_at) VALUES ($1, $2, 'k', 'msk_', $3, '{read}', now(), $4::timestamptz, $5::timestamptz)",
            id, user, id.ToByteArray(), Moment(expiresAt), Moment(revokedAt));
        return id;
    }

    private static object Moment(DateTimeOffset? at) => at?.ToString("O", System.Globalization.CultureInfo.InvariantCulture) ?? (object)DBNull.Value;
}
