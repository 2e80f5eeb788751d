namespace Postmill.Client.Http;

/// <summary>How long to wait before the next try: doubled with every loss, and half of it by chance, so that a thousand clients do not come back at once.</summary>
internal static class Backoff
{
    /// <param name="losses">Without anything good between them, 1 or more.</param>
    public static TimeSpan After(int losses)
    {
        var whole = TimeSpan.FromTicks(Math.Min(ClientLimits.FirstWait.Ticks << Math.Min(losses - 1, 16), ClientLimits.LongestWait.Ticks));
        return whole / 2 + whole / 2 * Random.Shared.NextDouble();
    }
}
