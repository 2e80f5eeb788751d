namespace Postmill.Domain.Sending;

/// <summary>
/// An account's sending stands still after trouble that is not one mail's: a server out of reach, refused credentials, a server that asks for less. Each time in a row it stands
/// longer; one accepted mail ends it.
/// </summary>
/// <param name="Until">When the server is asked again.</param>
/// <param name="Times">In a row.</param>
/// <param name="Failure">What stands in the way.</param>
public sealed record SendPause(DateTimeOffset Until, int Times, SendFailure Failure)
{
    /// <summary>Refused credentials are tried this rarely: a wrong password is never hammered.</summary>
    private static readonly IReadOnlyList<TimeSpan> Waits = [.. new[] { 1, 5, 15, 60 }.Select(minutes => TimeSpan.FromMinutes(minutes))];

    public static SendPause After(SendPause? before, SendFailure failure, DateTimeOffset now)
    {
        var times = (before?.Times ?? 0) + 1;
        return new SendPause(now + Waits[Math.Min(times, Waits.Count) - 1], times, failure);
    }

    /// <summary>A person asked in the middle of it, and the server failed again: it stands no longer than it would have.</summary>
    public SendPause Resumed(SendFailure failure, DateTimeOffset now) => Until > now ? this with { Failure = failure } : After(this, failure, now);

    /// <summary>Only a person can end it: the mails wait without a time.</summary>
    public bool NeedsPerson => Failure.Code is SendFailure.AuthFailed;
}
