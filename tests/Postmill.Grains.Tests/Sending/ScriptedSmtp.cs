using System.Collections.Concurrent;
using Postmill.Domain.Sending;
using Postmill.Grains.Accounts;
using Postmill.Grains.Sending;

namespace Postmill.Grains.Tests.Sending;

/// <summary>An SMTP server that does what the test says, and remembers the order of things.</summary>
internal sealed class ScriptedSmtp : ISmtpServers
{
    private int _open;
    private int _refusals = int.MaxValue;

    /// <summary>Null: the login works.</summary>
    public SendFailure? Refuses { get; set; }

    /// <summary>What an opening waits for.</summary>
    public Func<Task> Opens { get; set; } = static () => Task.CompletedTask;

    /// <summary>What becomes of a mail whose intent holds.</summary>
    public Func<OutgoingMail, CancellationToken, Task<Delivery>> Answers { get; set; } = (mail, _) => Task.FromResult(Accepts(mail));

    /// <summary>Sessions that are closed by the server while they stand idle: their next mail is lost before its content.</summary>
    public bool ClosesIdle { get; set; }

    public ConcurrentQueue<string> Sent { get; } = [];

    public int Opened { get; private set; }

    public int MostOpen { get; private set; }

    public int Tried { get; private set; }

    public int StillOpen => Volatile.Read(ref _open);

    public static Delivery Accepts(OutgoingMail mail) =>
        new(DeliveryEnd.Accepted) { Recipients = mail.Waiting.ToDictionary(recipient => recipient.Ordinal, _ => new RecipientAnswer(RecipientVerdict.Accepted)) };

    /// <summary>The login works when it was refused so often.</summary>
    public void Accepts(int after) => _refusals = after;

    public async Task<ISmtpSession> OpenAsync(AccountSettings account, CancellationToken cancellationToken)
    {
        Tried++;
        await Opens();
        if (Refuses is { } failure && Tried <= _refusals) throw new SendFaultException(failure);
        Opened++;
        MostOpen = Math.Max(MostOpen, Interlocked.Increment(ref _open));
        return new Session(this);
    }

    private sealed class Session(ScriptedSmtp server) : ISmtpSession
    {
        private bool _served;

        public bool IsUsable { get; private set; } = true;

        public async Task<Delivery> SendAsync(OutgoingMail mail, Func<CancellationToken, ValueTask<bool>> intent, CancellationToken cancellationToken)
        {
            if (_served && server.ClosesIdle)
            {
                IsUsable = false;
                return new Delivery(DeliveryEnd.LostBefore, new SendFailure(SendFailure.Disconnected, "closed while idle"));
            }

            _served = true;
            if (!await intent(cancellationToken)) return new Delivery(DeliveryEnd.Withdrawn);
            var delivery = await server.Answers(mail, cancellationToken);
            if (delivery.End == DeliveryEnd.Accepted) server.Sent.Enqueue(mail.Waiting[0].Address);
            if (delivery.End is DeliveryEnd.LostBefore or DeliveryEnd.Unknown) IsUsable = false;
            return delivery;
        }

        public Task CloseAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public ValueTask DisposeAsync()
        {
            Interlocked.Decrement(ref server._open);
            IsUsable = false;
            return ValueTask.CompletedTask;
        }
    }
}
