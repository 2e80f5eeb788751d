namespace Postmill.Adapters.Postgres.Messages.Editing;

/// <summary>What the user changes of a record; what is null stays.</summary>
/// <param name="Read">Null inside gives the word back to the server; so do <paramref name="Starred"/> and <paramref name="Folder"/>.</param>
public sealed record EmailChange(
    Change<bool?>? Read = null, Change<bool?>? Starred = null, Change<string?>? Folder = null, Change<string[]>? Tags = null, Change<string?>? Notes = null)
{
    public static readonly EmailChange None = new();

    /// <summary>It says something that a mail server can be told.</summary>
    public bool ConcernsServer => Read?.Value is not null || Starred?.Value is not null || Folder?.Value is not null;

    /// <summary>Names as the API has them, for the audit log.</summary>
    public IEnumerable<string> Fields()
    {
        if (Read is not null) yield return "is_read";
        if (Starred is not null) yield return "is_starred";
        if (Folder is not null) yield return "folder";
        if (Tags is not null) yield return "tags";
        if (Notes is not null) yield return "notes";
    }
}

/// <summary>A value that is given, which may be null.</summary>
public readonly record struct Change<T>(T Value);
