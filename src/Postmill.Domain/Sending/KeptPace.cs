namespace Postmill.Domain.Sending;

/// <summary>What an owner of an account left of its limits, as the next one finds it.</summary>
/// <param name="Pace">Null: nothing was kept.</param>
/// <param name="At">The moment it was read, by the one clock that all owners share.</param>
public sealed record KeptPace(Pace? Pace, DateTimeOffset At);
