namespace Postmill.Domain.Sync;

/// <summary>Why a run failed: one of the contract's codes, and a text for a person that holds no secret.</summary>
[GenerateSerializer, Immutable, Alias("sync.failure")]
public sealed record SyncFailure([property: Id(0)] string Code, [property: Id(1)] string Text)
{
    public const string AuthFailed = "imap_auth_failed";
    public const string Unreachable = "imap_unreachable";
    public const string TlsFailed = "imap_tls_failed";
    public const string ProtocolError = "imap_protocol_error";
    public const string TimedOut = "timeout";
}
