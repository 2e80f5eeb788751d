using System.Text.Json.Serialization;

namespace Postmill.Client;

/// <summary>A folder and how many mails it shows.</summary>
/// <param name="Name">Decoded; the mail server's, or one that only records have.</param>
/// <param name="Selectable">It can hold mail.</param>
/// <param name="Total">Mails in it.</param>
/// <param name="Unread">Those of them that nobody read.</param>
public sealed record Folder(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("selectable")] bool Selectable,
    [property: JsonPropertyName("total")] long Total,
    [property: JsonPropertyName("unread")] long Unread)
{
    /// <summary>Opaque; null: the mail server does not have it.</summary>
    [JsonPropertyName("id")]
    public string? Id { get; init; }

    /// <summary>Between the levels of its name.</summary>
    [JsonPropertyName("delimiter")]
    public string? Delimiter { get; init; }

    /// <summary>For example <c>inbox</c>, <c>sent</c>, <c>trash</c>.</summary>
    [JsonPropertyName("special_use")]
    public string? SpecialUse { get; init; }

    /// <summary>Why the mail server refuses it.</summary>
    [JsonPropertyName("problem")]
    public string? Problem { get; init; }
}

internal sealed record FoldersAnswer([property: JsonPropertyName("folders")] IReadOnlyList<Folder> Folders);
