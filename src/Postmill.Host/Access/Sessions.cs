using System.Security.Cryptography;
using Postmill.Adapters.Postgres.Access;
using Postmill.Domain.Access;

namespace Postmill.Host.Access;

/// <summary>Opens, recognizes, prolongs and closes sessions.</summary>
internal sealed class Sessions(SessionRows rows, RandomNumberGenerator random, TimeProvider clock, AccessSettings settings)
{
    // The end is moved only once a thirtieth of the life has passed: no row update for each request.
    private const int RenewalsPerLife = 30;

    public async Task<OpenSession> OpenAsync(Guid userId, CancellationToken cancellationToken)
    {
        var token = SecretToken.NewSession(random);
        var now = clock.GetUtcNow();
        var session = new OpenSession(token, now + Life);
        await rows.InsertAsync(SecretToken.Hash(token), userId, now, session.ExpiresAt, cancellationToken);
        return session;
    }

    /// <summary>The user, and the new end of the session if this use moved it; null when there is no such session.</summary>
    public async Task<(CurrentUser User, DateTimeOffset? RenewedUntil)?> AuthenticateAsync(string token, CancellationToken cancellationToken)
    {
        if (token.Length > AccessLimits.MaxTokenLength || token.StartsWith(SecretToken.ApiKeyMark, StringComparison.Ordinal)) return null;
        var hash = SecretToken.Hash(token);
        var now = clock.GetUtcNow();
        if (await rows.FindAsync(hash, now, cancellationToken) is not { } row) return null;
        var user = new CurrentUser(row.UserId, row.Email, row.Role);
        if (now + Life - row.ExpiresAt < Life / RenewalsPerLife) return (user, null);
        await rows.RenewAsync(hash, now + Life, cancellationToken);
        return (user, now + Life);
    }

    public Task CloseAsync(string token, CancellationToken cancellationToken) =>
        token.Length > AccessLimits.MaxTokenLength ? Task.CompletedTask : rows.DeleteAsync(SecretToken.Hash(token), cancellationToken);

    private TimeSpan Life => TimeSpan.FromDays(settings.SessionDays);
}
