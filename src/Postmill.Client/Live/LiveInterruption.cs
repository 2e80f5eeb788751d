namespace Postmill.Client;

/// <summary>The live connection is lost and will be opened again.</summary>
/// <param name="Reason">For people.</param>
/// <param name="Wait">Until the next try.</param>
/// <param name="After">The last event that was handed out; null before the first.</param>
public sealed record LiveInterruption(string Reason, TimeSpan Wait, long? After);
