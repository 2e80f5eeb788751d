using Postmill.Domain.Sync;
using Postmill.Grains.Accounts;
using Postmill.Grains.Sync;
using Postmill.Mail.Net;

namespace Postmill.Adapters.Mail;

/// <summary>The edge where faults of the wire become the contract's words (STYLE 8).</summary>
internal static class MailFaults
{
    public static MailboxFaultException ToSync(MailServerException fault, bool isOfHost = false) =>
        new(new SyncFailure(SyncCode(fault.Fault), Text(fault)), fault) { IsOfHost = isOfHost, RetryAfter = fault.RetryAfter };

    public static LoginFailure ToLogin(MailServerException fault) => new(LoginCode(fault.Fault), Text(fault));

    private static string SyncCode(MailFault fault) => fault switch
    {
        MailFault.AuthenticationFailed => SyncFailure.AuthFailed,
        MailFault.Unreachable or MailFault.AddressRefused or MailFault.Disconnected => SyncFailure.Unreachable,
        MailFault.TlsFailed or MailFault.PlaintextRefused => SyncFailure.TlsFailed,
        MailFault.TimedOut => SyncFailure.TimedOut,
        MailFault.CommandRefused or MailFault.ProtocolError or MailFault.LimitExceeded => SyncFailure.ProtocolError,
    };

    private static string LoginCode(MailFault fault) => fault switch
    {
        MailFault.AuthenticationFailed => "auth_failed",
        MailFault.Unreachable or MailFault.Disconnected => "unreachable",
        MailFault.AddressRefused => "address_refused",
        MailFault.TlsFailed => "tls_failed",
        MailFault.PlaintextRefused => "plaintext_refused",
        MailFault.TimedOut => "timeout",
        MailFault.CommandRefused or MailFault.ProtocolError or MailFault.LimitExceeded => "protocol_error",
    };

    private static string Text(MailServerException fault) =>
        fault.ServerText is { Length: > 0 } server && !fault.Message.Contains(server, StringComparison.Ordinal) ? $"{fault.Message} ({server})" : fault.Message;
}
