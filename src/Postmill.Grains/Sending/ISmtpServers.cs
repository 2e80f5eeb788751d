using Postmill.Domain.Sending;
using Postmill.Grains.Accounts;

namespace Postmill.Grains.Sending;

/// <summary>Opens sessions with the server that takes an account's mail.</summary>
public interface ISmtpServers
{
    /// <exception cref="SendFaultException">It could not be opened, or the credentials were refused.</exception>
    Task<ISmtpSession> OpenAsync(AccountSettings account, CancellationToken cancellationToken);
}

/// <summary>A logged-in session, used by one mail at a time.</summary>
public interface ISmtpSession : IAsyncDisposable
{
    /// <summary>The session takes another mail.</summary>
    bool IsUsable { get; }

    /// <summary>Hands a mail to the server. What the server says is a value; only a bug throws.</summary>
    /// <param name="intent">Awaited before the first octet of content: false, and nothing of it is sent.</param>
    /// <param name="cancellationToken">Gives the session up, at any point.</param>
    Task<Delivery> SendAsync(OutgoingMail mail, Func<CancellationToken, ValueTask<bool>> intent, CancellationToken cancellationToken);

    /// <summary>Says goodbye where that is possible.</summary>
    Task CloseAsync(CancellationToken cancellationToken);
}
