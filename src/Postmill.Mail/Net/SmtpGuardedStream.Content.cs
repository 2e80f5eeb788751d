using Postmill.Mail.Smtp;

namespace Postmill.Mail.Net;

// What follows a 354. The server is listened to while the content is written, for one that has refused hears no more of it.
public sealed partial class SmtpGuardedStream
{
    private ContentEnd _end;
    private bool _isContent;
    private Task? _listening;

    /// <summary>
    /// Whether the write that holds the end of the content (CRLF.CRLF) was begun, of the mail under way or the last one. Until then the mail
    /// was not accepted; from then on only the server knows, until its reply is read.
    /// </summary>
    public bool HandedOver { get; private set; }

    /// <summary>
    /// A refusal (4yz, 5yz) that came before the end of the content; the connection is closed then, for the rest of the content would be taken
    /// for commands.
    /// </summary>
    public SmtpReply? EarlyRefusal { get; private set; }

    private protected override bool IsListening => _listening is not null;

    private async ValueTask WriteContentAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var listening = _listening ??= ListenAsync(cancellationToken);
        if (listening.IsCompleted && _fault is not null) throw _fault;
        var end = _end.Find(content.Span);
        // What follows the end would be a command, and whoever wrote the content its author.
        if (end is { } octets && octets < content.Length) throw new InvalidDataException("The content holds an end of its own.");
        if (end is not null)
        {
            HandedOver = true;
            _isContent = false;
        }
        BeginStep(HandedOver ? "final dot" : "content", HandedOver ? Timeouts.DataEnd : Timeouts.DataBlock);
        try
        {
            await base.WriteAsync(content, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is MailServerException or OperationCanceledException)
        {
            // The connection is closed, so what the server had to say was heard by now or never will be.
            await listening.ConfigureAwait(false);
            if (_fault is MailServerException { Fault: not MailFault.Disconnected } heard) throw heard;
            if (Awaited == SmtpVerb.Content) throw;
        }
    }

    /// <summary>Waits for a reply while the content is written. One that comes before its end closes the connection.</summary>
    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        try
        {
            do await ReceiveAsync(cancellationToken).ConfigureAwait(false);
            while (Awaited == SmtpVerb.Content && _fault is null);
        }
        catch (Exception e) when (e is MailServerException or OperationCanceledException)
        {
            _fault ??= e;
        }
        if (HandedOver || _fault is not null) return;
        var reply = _heard.Dequeue().Reply;
        _readable = 0;
        if (!reply.IsPositive) EarlyRefusal = reply;
        _fault = reply.IsPositive
            ? new MailServerException(MailFault.ProtocolError, $"The server answered before the content had ended: {Shown(reply)}")
            : reply.Refusal(MailFault.CommandRefused, "The server refused the mail before its content had ended");
        Transport.Abort();
    }
}
