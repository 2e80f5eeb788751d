using Postmill.Domain.Access;
using Postmill.Domain.Accounts;
using Postmill.Domain.Acts;
using Postmill.Domain.Jobs;
using Postmill.Grains.Acts;
using Postmill.Grains.Sync;

namespace Postmill.Grains.Tests.Acts;

/// <summary>Acts on mails of one INBOX, in memory; a test can let an end fail, and waits for ends.</summary>
internal sealed class MemoryActs : IActStore
{
    public const long Validity = 7;
    private readonly Lock _gate = new();
    private readonly List<MailboxAct> _due = [];
    private readonly List<MailboxAct> _running = [];
    private readonly List<Job> _ended = [];
    private readonly List<AuditLine> _lines = [];

    /// <summary>Runs before an end is recorded; throwing refuses it.</summary>
    public Action<Job> Ending { get; set; } = _ => { };

    public IReadOnlyList<Job> Ended
    {
        get { lock (_gate) return [.. _ended]; }
    }

    public IReadOnlyList<AuditLine> Lines
    {
        get { lock (_gate) return [.. _lines]; }
    }

    /// <summary>Looks for due acts, so far.</summary>
    public int Looks { get; private set; }

    /// <summary>Marks the mail with this UID as read.</summary>
    public MailboxAct Add(uint uid, DateTimeOffset now)
    {
        var act = new MailboxAct(ActJobs.Of(JobKinds.ChangeFlags, now), Message(uid), Seen: true, null, null);
        lock (_gate) _due.Add(act);
        return act;
    }

    public Task<IReadOnlyList<MailboxAct>> ClaimDueAsync(Claim claim, int most, DateTimeOffset now, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Looks++;
            _running.AddRange(_due.Take(most - _running.Count));
            _due.RemoveAll(_running.Contains);
            for (var at = 0; at < _running.Count; at++) _running[at] = _running[at] with { Job = JobPolicy.OnStarted(_running[at].Job, now) };
            return Task.FromResult<IReadOnlyList<MailboxAct>>([.. _running]);
        }
    }

    public Task EndAsync(Claim claim, Job job, AuditLine? line, CancellationToken cancellationToken)
    {
        Ending(job);
        lock (_gate)
        {
            Assert.Equal(1, _running.RemoveAll(act => act.Job.Id == job.Id));
            _ended.Add(job);
            if (line is not null) _lines.Add(line);
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<MessagePlace>> PlacesAsync(Claim claim, Guid messageId, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<MessagePlace>>([new MessagePlace(1, "INBOX", "inbox", Validity, BitConverter.ToUInt32(messageId.ToByteArray()), [])]);

    public Task<IReadOnlyList<StoredFolder>> FoldersAsync(Claim claim, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task PlaceAsync(Claim claim, PlaceChange change, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<StoredContent?> ContentAsync(Claim claim, Guid messageId, CancellationToken cancellationToken) => throw new NotSupportedException();

    private static Guid Message(uint uid) => new([.. BitConverter.GetBytes(uid), .. new byte[12]]);
}
