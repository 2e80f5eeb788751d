namespace Postmill.Testing.Sink;

/// <summary>What EHLO announces. What is not announced is not understood either.</summary>
[Flags]
public enum SinkExtensions
{
    None = 0,
    Pipelining = 1,
    Size = 2,
    EightBitMime = 4,
    SmtpUtf8 = 8,
    EnhancedStatusCodes = 16,
    Dsn = 32,
    Chunking = 64,

    /// <summary>PLAIN and LOGIN.</summary>
    Auth = 128,

    /// <summary>Only with a certificate.</summary>
    StartTls = 256,

    All = Pipelining | Size | EightBitMime | SmtpUtf8 | EnhancedStatusCodes | Dsn | Chunking | Auth | StartTls,
}
