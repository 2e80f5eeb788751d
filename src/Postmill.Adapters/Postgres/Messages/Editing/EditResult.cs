using Postmill.Adapters.Postgres.Messages.Reading;

namespace Postmill.Adapters.Postgres.Messages.Editing;

/// <summary>How an edit of one mail ended.</summary>
public abstract record EditResult
{
    private EditResult()
    {
    }

    public sealed record NotThere : EditResult;

    /// <summary>It is no longer as the client last saw it.</summary>
    public sealed record Changed : EditResult;

    /// <summary>An account has one record of a Message-ID that a client names.</summary>
    public sealed record Exists : EditResult;

    /// <param name="Email">As it is now; of a deleted one, as it was.</param>
    public sealed record Done(StoredEmail Email) : EditResult;
}
