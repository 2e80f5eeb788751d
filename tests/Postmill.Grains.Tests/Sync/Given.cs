using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using Postmill.Domain.Accounts;
using Postmill.Domain.Messages;
using Postmill.Domain.Sync;
using Postmill.Grains.Accounts;
using Postmill.Grains.Sync;

namespace Postmill.Grains.Tests.Sync;

internal static class Given
{
    public static readonly OwnedAccount Account = new(new Claim(Guid.NewGuid(), Guid.NewGuid(), "127.0.0.1:11111@1", 1), new SyncState(), "me@example.org", DateTimeOffset.UnixEpoch, "imap.example.org");

    public static SyncMetrics Metrics() => new(new Meters());

    public static IncomingMail Mail(uint uid, int bytes = 100)
    {
        var raw = new byte[bytes];
        BitConverter.TryWriteBytes(raw, uid);
        return new IncomingMail { Uid = uid, Flags = [], ReceivedAt = DateTimeOffset.UnixEpoch, Raw = raw, Sha256 = SHA256.HashData(raw) };
    }

    public sealed class Meters : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(options);

        public void Dispose() { }
    }
}
