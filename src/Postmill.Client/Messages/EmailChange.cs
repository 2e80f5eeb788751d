using System.Text.Json.Serialization;

namespace Postmill.Client;

/// <summary>What is changed of a mail; what is null stays.</summary>
public sealed record EmailChange
{
    /// <summary>Read or unread.</summary>
    [JsonPropertyName("is_read")]
    public bool? IsRead { get; init; }

    /// <summary>Starred (flagged) or not.</summary>
    [JsonPropertyName("is_starred")]
    public bool? IsStarred { get; init; }

    /// <summary>Where it is shown; told to the mail server, one of its folders, by name or by use (<c>archive</c>).</summary>
    [JsonPropertyName("folder")]
    public string? Folder { get; init; }

    /// <summary>All its tags.</summary>
    [JsonPropertyName("tags")]
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>The notes on it.</summary>
    [JsonPropertyName("notes")]
    public string? Notes { get; init; }
}

/// <summary>A changed mail.</summary>
/// <param name="Email">As it is shown now.</param>
/// <param name="Provider">What tells the mail server, where that was asked for.</param>
public sealed record EmailChanged(
    [property: JsonPropertyName("email")] Email Email, [property: JsonPropertyName("provider")] EnqueuedJob? Provider = null);

internal sealed record EmailDeleted([property: JsonPropertyName("provider")] EnqueuedJob? Provider = null);
