using System.Runtime.CompilerServices;
using System.Threading.Channels;
using MailKit;
using MailKit.Net.Imap;
using Postmill.Mail.Net;

namespace Postmill.Mail.Imap;

public sealed partial class ImapConnection
{
    /// <summary>
    /// One range of mails: their flags and dates first, for MailKit fetches contents alone, then the contents, from MailKit's callback through a bounded channel. A larger mail waits until
    /// the one before it was taken and is taken before the next comes.
    /// </summary>
    private sealed class MailFetch : IAsyncDisposable
    {
        private readonly ImapConnection _connection;
        private readonly UidSet _uids;
        private readonly int _largest;
        private readonly CancellationTokenSource _left;
        private readonly Channel<Fetched> _channel = Channel.CreateBounded<Fetched>(new BoundedChannelOptions(ImapLimits.MailsAhead) { SingleReader = true, SingleWriter = true });
        private Task? _fetching;

        public MailFetch(ImapConnection connection, UidSet uids, int largest, CancellationToken cancellationToken)
        {
            _connection = connection;
            _uids = uids;
            _largest = largest;
            _left = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        }

        /// <summary>The server's NO or BAD, known when all was read.</summary>
        public ImapRefusal? Refusal { get; private set; }

        public async IAsyncEnumerable<ImapMail> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            _fetching = FetchAsync();
            await foreach (var fetched in _channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return fetched.Mail;
                fetched.Taken?.TrySetResult();
            }

            await _fetching.ConfigureAwait(false);
        }

        public async ValueTask DisposeAsync()
        {
            if (_fetching is { IsCompleted: false })
            {
                await _left.CancelAsync().ConfigureAwait(false);
                try
                {
                    await _fetching.ConfigureAwait(false);
                }
                catch (Exception e) when (e is MailServerException or OperationCanceledException)
                {
                    // It was left in the middle, and the connection is closed.
                }

                _connection._guard.Abort();
            }

            _left.Dispose();
        }

        private async Task FetchAsync()
        {
            try
            {
                Refusal = await _connection.DoAsync(RunAsync).ConfigureAwait(false);
            }
            finally
            {
                _channel.Writer.TryComplete();
            }
        }

        private async Task RunAsync()
        {
            var folder = _connection.Opened;
            var known = new Dictionary<uint, IMessageSummary>();
            foreach (var message in await _connection.SummariesAsync(_uids, MessageSummaryItems.Flags | MessageSummaryItems.InternalDate, null, _left.Token).ConfigureAwait(false))
                known[message.UniqueId.Id] = message;
            if (known.Count == 0) return;
            folder.BeginContents(_largest);
            await folder.GetStreamsAsync(Theirs(_uids), (_, _, uid, stream, _) => TakeAsync(folder, known.GetValueOrDefault(uid.Id), uid.Id, (MailBody)stream), _left.Token).ConfigureAwait(false);
        }

        private async Task TakeAsync(GuardedImapFolder folder, IMessageSummary? known, uint uid, MailBody body)
        {
            folder.Claimed(body);
            // One that came between the two questions is told by EXISTS, and asked for again with its flags and date.
            if (known is null || !body.IsSent) return;
            var flags = known.Flags is { } bits ? FlagNames.Of(bits, known.Keywords) : [];
            var isSmall = body.Length <= ImapLimits.SmallMailBytes;
            var taken = isSmall ? null : new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await _channel.Writer.WriteAsync(new Fetched(new ImapMail(uid, flags, DateOf(known), (int)body.Length, body.Octets), taken), _left.Token).ConfigureAwait(false);
            if (taken is not null) await taken.Task.WaitAsync(_left.Token).ConfigureAwait(false);
        }

        // MailKit's word for a date that is none is the year 1.
        private static DateTimeOffset? DateOf(IMessageSummary known) => known.InternalDate is { Year: >= 1900 and <= 9998 } date ? date : null;

        private sealed record Fetched(ImapMail Mail, TaskCompletionSource? Taken);
    }
}
