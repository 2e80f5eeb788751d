namespace Granary.Streams;

/// <summary>What one stream may take.</summary>
internal sealed record EnumerationSettings(int BatchSize, TimeSpan PollTime, TimeProvider Time);
