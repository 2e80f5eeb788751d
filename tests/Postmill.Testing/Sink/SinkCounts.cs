namespace Postmill.Testing.Sink;

/// <param name="Open">Connections that stand.</param>
/// <param name="Most">Most that ever stood.</param>
/// <param name="Connections">Ever accepted.</param>
/// <param name="Accepted">Mails journaled since the start.</param>
/// <param name="Commands">How often each command came (<see cref="SinkPhase.Dot"/>: whole mails).</param>
/// <param name="Struck">How often a fault struck at each phase.</param>
/// <param name="Violations">Where clients broke the protocol; the first ones.</param>
public sealed record SinkCounts(
    int Open, int Most, int Connections, int Accepted, IReadOnlyDictionary<SinkPhase, int> Commands, IReadOnlyDictionary<SinkPhase, int> Struck, IReadOnlyList<string> Violations);
