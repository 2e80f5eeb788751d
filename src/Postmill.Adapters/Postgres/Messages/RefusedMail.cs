using Npgsql;
using Postmill.Domain.Messages;

namespace Postmill.Adapters.Postgres.Messages;

/// <summary>A mail whose metadata PostgreSQL refuses although its bytes are fine: text it cannot hold, more words than a tsvector takes.</summary>
internal static class RefusedMail
{
    /// <summary>Classes 22 (data exception) and 54 (program limit exceeded): the same statement will never pass.</summary>
    public static bool IsOne(PostgresException refused) =>
        refused.SqlState.StartsWith("22", StringComparison.Ordinal) || refused.SqlState.StartsWith("54", StringComparison.Ordinal);

    /// <summary>The bytes and the place, without what was read from them.</summary>
    public static IncomingMail Bare(IncomingMail mail, PostgresException refused) => new()
    {
        Uid = mail.Uid,
        Flags = mail.Flags,
        ReceivedAt = mail.ReceivedAt,
        Raw = mail.Raw,
        Sha256 = mail.Sha256,
        Defects = [$"refused by the database: {refused.SqlState}"],
    };
}
