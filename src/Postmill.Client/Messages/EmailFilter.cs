namespace Postmill.Client;

/// <summary>Which mail of an account to list; what is null does not matter.</summary>
public sealed record EmailFilter
{
    /// <summary>A folder's name.</summary>
    public string? Folder { get; init; }

    /// <summary><c>inbound</c> or <c>outbound</c>.</summary>
    public string? Direction { get; init; }

    /// <summary>Not read yet, or read.</summary>
    public bool? Unread { get; init; }

    /// <summary>Starred, or not.</summary>
    public bool? Starred { get; init; }

    /// <summary>With attachments, or without.</summary>
    public bool? HasAttachments { get; init; }

    /// <summary>Of one thread.</summary>
    public string? ThreadId { get; init; }

    /// <summary>With this Message-ID.</summary>
    public string? MessageId { get; init; }

    /// <summary>Received later than this.</summary>
    public DateTimeOffset? After { get; init; }

    /// <summary>Received before this time.</summary>
    public DateTimeOffset? Before { get; init; }
}
