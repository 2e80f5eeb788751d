using System.Security.Cryptography;
using Postmill.Domain.Accounts;
using Postmill.Domain.Messages;
using Postmill.Domain.Sync;
using Postmill.Grains.Accounts;

namespace Postmill.Grains.Tests.Sync;

internal static class Given
{
    public static readonly OwnedAccount Account = new(new Claim(Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), 1), new SyncState(), "me@example.org", DateTimeOffset.UnixEpoch);

    public static IncomingMail Mail(uint uid, int bytes = 100)
    {
        var raw = new byte[bytes];
        BitConverter.TryWriteBytes(raw, uid);
        return new IncomingMail { Uid = uid, Flags = [], ReceivedAt = DateTimeOffset.UnixEpoch, Raw = raw, Sha256 = SHA256.HashData(raw) };
    }
}
