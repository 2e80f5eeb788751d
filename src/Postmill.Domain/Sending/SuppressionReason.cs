namespace Postmill.Domain.Sending;

/// <summary>Why an address is not written to.</summary>
public enum SuppressionReason
{
    HardBounce,
    Complaint,
    Unsubscribe,
    Manual,
}

/// <summary>The reasons as they stand in the table and in answers.</summary>
public static class SuppressionWords
{
    private static readonly (SuppressionReason Reason, string Word)[] Words =
    [
        (SuppressionReason.HardBounce, "hard_bounce"), (SuppressionReason.Complaint, "complaint"), (SuppressionReason.Unsubscribe, "unsubscribe"), (SuppressionReason.Manual, "manual"),
    ];

    public static IReadOnlyList<string> All { get; } = [.. Words.Select(w => w.Word)];

    public static string Word(this SuppressionReason reason) => Words.First(w => w.Reason == reason).Word;

    /// <summary>Null: no such word.</summary>
    public static SuppressionReason? Reason(string? word) => Array.Find(Words, w => w.Word == word) is { Word: not null } found ? found.Reason : null;
}
