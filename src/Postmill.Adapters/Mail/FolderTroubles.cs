namespace Postmill.Adapters.Mail;

/// <summary>
/// Folders whose answers ended a connection: a line that is not IMAP, or more than a limit. What one folder says must not cost its account, and a connection that ended over it would end over
/// it again. After the first time nothing is asked that may have a long answer; after the second the folder is refused for <see cref="Rest"/>, and after each further time again.
/// </summary>
internal sealed class FolderTroubles(TimeProvider time)
{
    /// <summary>For how long a folder is refused.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromHours(1);

    /// <summary>Of a silo. When there are more, all are forgotten and met again.</summary>
    private const int Most = 10_000;

    private readonly Dictionary<(Guid Account, string Folder), Trouble> _troubles = [];
    private readonly Lock _lock = new();

    public void Add(Guid account, string folder, string reason)
    {
        lock (_lock)
        {
            if (_troubles.Count >= Most) _troubles.Clear();
            var had = _troubles.ContainsKey((account, folder));
            _troubles[(account, folder)] = new Trouble(reason, had ? time.GetUtcNow() + Rest : null);
        }
    }

    /// <summary>Whether it had one.</summary>
    public bool Had(Guid account, string folder)
    {
        lock (_lock) return _troubles.ContainsKey((account, folder));
    }

    /// <summary>Why it is not to be opened now; null: it may.</summary>
    public string? Refusal(Guid account, string folder)
    {
        lock (_lock) return _troubles.GetValueOrDefault((account, folder)) is { RefusedUntil: { } until, Reason: var reason } && time.GetUtcNow() < until ? reason : null;
    }

    private sealed record Trouble(string Reason, DateTimeOffset? RefusedUntil);
}
