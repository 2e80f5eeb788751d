namespace Postmill.Testing.Sink;

/// <summary>What a rule may look at.</summary>
/// <param name="Recipients">At RCPT only the one it names.</param>
/// <param name="Content">Null before the final dot.</param>
internal readonly record struct SinkMoment(SinkPhase At, string? From, IReadOnlyList<string> Recipients, long Bytes, byte[]? Content);
