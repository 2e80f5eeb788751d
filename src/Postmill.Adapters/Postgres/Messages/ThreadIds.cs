using System.Security.Cryptography;
using System.Text;

namespace Postmill.Adapters.Postgres.Messages;

/// <summary>
/// The id of a thread is made from the account and the Message-ID at its root: mails of one thread agree on it without looking each other up, in whatever order they come.
/// </summary>
internal static class ThreadIds
{
    public static Guid Of(Guid accountId, string rootMessageId) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes($"{accountId:N}\n{rootMessageId}")).AsSpan(0, 16), bigEndian: true);
}
