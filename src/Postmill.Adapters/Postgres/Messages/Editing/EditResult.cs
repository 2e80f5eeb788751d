using Postmill.Adapters.Postgres.Messages.Reading;
using Postmill.Domain.Jobs;

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

    /// <summary>Nobody is connected to the server that was to be told.</summary>
    public sealed record Disconnected : EditResult;

    /// <summary>The server has no folder of this name that mail can be in.</summary>
    public sealed record NoSuchFolder : EditResult;

    /// <param name="Email">As it is now; of a deleted one, as it was.</param>
    /// <param name="Job">What tells the server of it; null when the record alone was edited.</param>
    public sealed record Done(StoredEmail Email, Job? Job = null) : EditResult;
}
