using System.Text.Json;
using System.Text.Json.Serialization;
using Postmill.Adapters.Postgres.Messages.Editing;
using Postmill.Host.Http;

namespace Postmill.Host.Messages;

/// <summary>Body of <c>PATCH …/emails/{id}</c>. What is left out stays; null gives <c>is_read</c>, <c>is_starred</c> and <c>folder</c> back to the server and empties the others.</summary>
internal sealed record ChangeEmail : IChecked
{
    [JsonPropertyName("is_read")]
    public JsonElement IsRead { get; init; }

    [JsonPropertyName("is_starred")]
    public JsonElement IsStarred { get; init; }

    [JsonPropertyName("folder")]
    public JsonElement Folder { get; init; }

    [JsonPropertyName("tags")]
    public JsonElement Tags { get; init; }

    [JsonPropertyName("notes")]
    public JsonElement Notes { get; init; }

    /// <summary>Contrary to other bodies a field that is not known is refused: who sends <c>subject</c> must not think that it was changed.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Others { get; init; }

    public void Check(FieldErrors errors)
    {
        foreach (var name in Others?.Keys ?? []) errors.Add(name, "cannot be changed");
        if (ToChange(errors) == EmailChange.None && !errors.Any) errors.AddForm("give is_read, is_starred, folder, tags or notes");
    }

    public EmailChange ToChange(FieldErrors errors) => new(
        Flag("is_read", IsRead, errors), Flag("is_starred", IsStarred, errors),
        Text("folder", Folder, EditingLimits.LineChars, mayBeBlank: false, errors), ReadTags(errors), Text("notes", Notes, EditingLimits.NotesChars, mayBeBlank: true, errors));

    private static Change<bool?>? Flag(string name, JsonElement given, FieldErrors errors)
    {
        switch (given.ValueKind)
        {
            case JsonValueKind.Undefined: return null;
            case JsonValueKind.Null: return new Change<bool?>(null);
            case JsonValueKind.True or JsonValueKind.False: return new Change<bool?>(given.GetBoolean());
            default:
                errors.Add(name, "must be true, false or null");
                return null;
        }
    }

    private static Change<string?>? Text(string name, JsonElement given, int max, bool mayBeBlank, FieldErrors errors)
    {
        if (given.ValueKind is JsonValueKind.Undefined) return null;
        if (given.ValueKind is JsonValueKind.Null) return new Change<string?>(null);
        var text = given.ValueKind is JsonValueKind.String ? given.GetString() : null;
        if (text is null) errors.Add(name, "must be a text or null");
        else if (mayBeBlank) errors.Optional(name, text, max);
        else CheckLine(errors, name, text, max);
        return new Change<string?>(text);
    }

    private Change<string[]>? ReadTags(FieldErrors errors)
    {
        if (Tags.ValueKind is JsonValueKind.Undefined) return null;
        if (Tags.ValueKind is JsonValueKind.Null) return new Change<string[]>([]);
        if (Tags.ValueKind is not JsonValueKind.Array || Tags.EnumerateArray().Any(tag => tag.ValueKind is not JsonValueKind.String))
        {
            errors.Add("tags", "must be a list of texts or null");
            return null;
        }

        return new Change<string[]>(CheckTags(errors, [.. Tags.EnumerateArray().Select(tag => tag.GetString()!)]));
    }

    /// <summary>Each once, in their order.</summary>
    public static string[] CheckTags(FieldErrors errors, IReadOnlyList<string> tags)
    {
        string[] once = [.. tags.Distinct(StringComparer.Ordinal)];
        errors.Check(once.Length <= EditingLimits.Tags, "tags", $"must be at most {EditingLimits.Tags}");
        if (once.Any(tag => string.IsNullOrWhiteSpace(tag) || tag.Length > EditingLimits.TagChars || tag.Any(char.IsControl)))
            errors.Add("tags", $"must each have 1 to {EditingLimits.TagChars} characters on one line");
        return once;
    }

    public static void CheckLine(FieldErrors errors, string name, string? text, int max)
    {
        if (text is null) return;
        errors.Required(name, text, max).Check(!text.Any(char.IsControl), name, "must be one line");
    }
}
