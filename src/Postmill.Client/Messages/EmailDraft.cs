using System.Text.Json.Serialization;

namespace Postmill.Client;

/// <summary>What a mail is made of, written down or sent; what is null is left out.</summary>
public abstract record EmailDraft
{
    private protected EmailDraft()
    {
    }

    /// <summary>Recipients.</summary>
    [JsonPropertyName("to_json")]
    public IReadOnlyList<EmailAddress>? To { get; init; }

    /// <summary>Recipients of a copy.</summary>
    [JsonPropertyName("cc_json")]
    public IReadOnlyList<EmailAddress>? Cc { get; init; }

    /// <summary>Recipients whom the others do not see.</summary>
    [JsonPropertyName("bcc_json")]
    public IReadOnlyList<EmailAddress>? Bcc { get; init; }

    /// <summary>Where answers should go.</summary>
    [JsonPropertyName("reply_to_json")]
    public IReadOnlyList<EmailAddress>? ReplyTo { get; init; }

    /// <summary>One line.</summary>
    [JsonPropertyName("subject")]
    public string? Subject { get; init; }

    /// <summary>As text.</summary>
    [JsonPropertyName("text_body")]
    public string? Text { get; init; }

    /// <summary>As HTML.</summary>
    [JsonPropertyName("html_body")]
    public string? Html { get; init; }

    /// <summary>Of the record.</summary>
    [JsonPropertyName("tags")]
    public IReadOnlyList<string>? Tags { get; init; }
}
