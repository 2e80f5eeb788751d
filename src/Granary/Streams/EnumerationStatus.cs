namespace Granary.Streams;

/// <summary>What an answer to a stream's reader means.</summary>
internal enum EnumerationStatus : byte
{
    /// <summary>Items; there may be more. None means: nothing yet, ask again.</summary>
    Going = 0,

    /// <summary>These were the last items.</summary>
    Completed = 1,

    /// <summary>After these items the producer threw.</summary>
    Failed = 2,

    /// <summary>The activation ended.</summary>
    Aborted = 3,

    /// <summary>No such stream here.</summary>
    Missing = 4,
}
