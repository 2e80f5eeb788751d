namespace Postmill.Domain.Sending;

/// <summary>Whether another attempt is pointless.</summary>
public enum BounceType
{
    Soft,
    Hard,
}

/// <summary>The types as they stand in the table and in events.</summary>
public static class BounceWords
{
    public static string Word(this BounceType type) => type == BounceType.Hard ? "hard" : "soft";

    public static BounceType? Type(string? word) => word switch { "hard" => BounceType.Hard, "soft" => BounceType.Soft, _ => null };
}
