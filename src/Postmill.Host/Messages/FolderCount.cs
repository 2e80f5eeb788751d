using System.Globalization;
using System.Text.Json.Serialization;
using Postmill.Adapters.Postgres.Messages.Reading;

namespace Postmill.Host.Messages;

/// <summary>A folder and how many mails it shows.</summary>
/// <param name="Id">Null: a name that records have and the server does not.</param>
/// <param name="Problem">The server refuses the folder: its reason.</param>
internal sealed record FolderCount(
    [property: JsonPropertyName("id")] string? Id,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("delimiter")] string? Delimiter,
    [property: JsonPropertyName("special_use")] string? SpecialUse,
    [property: JsonPropertyName("selectable")] bool Selectable,
    [property: JsonPropertyName("problem")] string? Problem,
    [property: JsonPropertyName("total")] long Total,
    [property: JsonPropertyName("unread")] long Unread)
{
    public static FolderCount Of(StoredFolderCount folder) => new(
        folder.Id?.ToString(CultureInfo.InvariantCulture), folder.Name, folder.Delimiter, folder.SpecialUse, folder.Selectable, folder.ParkedReason, folder.Total, folder.Unread);
}

internal sealed record FolderListAnswer([property: JsonPropertyName("folders")] IReadOnlyList<FolderCount> Folders)
{
    [JsonPropertyName("success"), JsonPropertyOrder(-1)]
    public bool Success { get; } = true;
}
