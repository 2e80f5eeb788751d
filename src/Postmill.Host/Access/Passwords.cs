using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Postmill.Host.Access;

/// <summary>
/// Hashes and checks passwords with the framework's PBKDF2. An unknown user costs the same time as a known one, and only as many are hashed at once
/// as there are processors, so that sign-ins cannot starve everything else.
/// </summary>
internal sealed class Passwords : IDisposable
{
    /// <summary>Sign-ins that wait for a processor; beyond it they are told to come again.</summary>
    private const int MaxWaiting = 64;

    private readonly PasswordHasher<Passwords> _hasher;
    private readonly string _decoy;
    private readonly ConcurrencyLimiter _limiter = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = Environment.ProcessorCount,
        QueueLimit = MaxWaiting,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    public Passwords(AccessSettings settings)
    {
        _hasher = new PasswordHasher<Passwords>(Options.Create(new PasswordHasherOptions { IterationCount = settings.PasswordIterations }));
        _decoy = _hasher.HashPassword(this, "the password of nobody");
    }

    /// <summary>Null when too many are waiting.</summary>
    public async Task<string?> HashAsync(string password, CancellationToken cancellationToken)
    {
        using var turn = await _limiter.AcquireAsync(1, cancellationToken);
        return turn.IsAcquired ? _hasher.HashPassword(this, password) : null;
    }

    /// <param name="stored">Null for an unknown user: the work is done all the same and the answer is no.</param>
    /// <returns>Null when too many are waiting.</returns>
    public async Task<PasswordVerificationResult?> CheckAsync(string? stored, string password, CancellationToken cancellationToken)
    {
        using var turn = await _limiter.AcquireAsync(1, cancellationToken);
        if (!turn.IsAcquired) return null;
        var result = _hasher.VerifyHashedPassword(this, stored ?? _decoy, password);
        return stored is null ? PasswordVerificationResult.Failed : result;
    }

    public void Dispose() => _limiter.Dispose();
}
