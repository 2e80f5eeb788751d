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

    /// <summary>Something that the server was asked for is not there; of acts alone, no run ends with it.</summary>
    public const string NotFound = "not_found";
}
