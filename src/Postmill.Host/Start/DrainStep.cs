namespace Postmill.Host.Start;

/// <summary>One thing that ends.</summary>
/// <param name="Within">After this time the end goes on without it.</param>
internal sealed record DrainStep(DrainStage Stage, string Name, TimeSpan Within, Func<CancellationToken, Task> Action);
