namespace Postmill.Domain.Jobs;

/// <summary>How far a job has come.</summary>
/// <param name="Done">Items done with.</param>
/// <param name="Total">Items that there were when it began.</param>
/// <param name="Bytes">Octets made of them so far.</param>
public sealed record JobProgress(long Done, long Total, long Bytes);
