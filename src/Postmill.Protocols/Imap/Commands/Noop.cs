namespace Postmill.Protocols.Imap;

// NOOP, RFC 9051 §6.1.2.
public sealed partial class ImapConnection
{
    /// <summary>Lets the server say what it has to say (<see cref="Unsolicited"/>) and proves that it is there.</summary>
    public async Task NoopAsync(CancellationToken cancellationToken)
    {
        var status = await RunAsync(Command("NOOP"), null, cancellationToken).ConfigureAwait(false);
        if (!status.IsOk) throw status.ToException("NOOP");
    }
}
