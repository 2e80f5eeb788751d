using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Connections;

namespace Postmill.Host.Cluster;

/// <summary>
/// The first words of every connection between silos, or between front and silo: both ends prove that they know the cluster's secret, and say whether they mean the same cluster and the same
/// database, before Orleans says a word. Each sends a magic number, a nonce and two marks, then an HMAC over all of it; nothing of it can be sent again, or back.
/// </summary>
internal sealed partial class ClusterHandshake(ClusterSettings settings, TimeProvider timeProvider, ILogger<ClusterHandshake> logger)
{
    private const int NonceSize = 32, MarkSize = 8, ProofSize = 32;
    private const byte Server = 1, Client = 2;

    /// <summary>Handshakes at once; who comes then is turned away. A cluster's own are over in milliseconds.</summary>
    private const int MostAtOnce = 256;

    private static readonly byte[] Magic = "pmc1"u8.ToArray();
    private static readonly int HelloSize = Magic.Length + NonceSize + (2 * MarkSize);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5), SayAgainAfter = TimeSpan.FromMinutes(1);

    // Without a secret in the settings it is one that nobody else can know: then this process works alone.
    private readonly byte[] _key = settings.Secret.Length > 0 ? SHA256.HashData(Encoding.UTF8.GetBytes("postmill cluster " + settings.Secret)) : RandomNumberGenerator.GetBytes(ProofSize);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _said = [];
    private int _running;

    /// <summary>Which one it is, see <c>SiloRows.DatabaseAsync</c>; set before the first connection.</summary>
    public string Database { get; set; } = "";

    public void AtServer(IConnectionBuilder connections) => connections.Use(next => connection => RunAsync(connection, next, Server));

    public void AtClient(IConnectionBuilder connections) => connections.Use(next => connection => RunAsync(connection, next, Client));

    /// <summary>Whom one has met. As a client of whoever listens there.</summary>
    public Task<PeerVerdict> MeetAsync(IDuplexPipe connection, CancellationToken cancellationToken) => MeetAsync(connection, Client, cancellationToken);

    /// <summary>Whom one has met. As the one that listens.</summary>
    public Task<PeerVerdict> AnswerAsync(IDuplexPipe connection, CancellationToken cancellationToken) => MeetAsync(connection, Server, cancellationToken);

    private async Task RunAsync(ConnectionContext connection, ConnectionDelegate next, byte role)
    {
        var verdict = await JudgeAsync(connection, role);
        if (verdict == PeerVerdict.Ours)
        {
            await next(connection);
            return;
        }

        var remote = connection.RemoteEndPoint?.ToString() ?? "unknown";
        Say(remote, verdict);
        // One of Postmill has heard what differs; the connection ends with this method.
        if (verdict is PeerVerdict.Stranger or PeerVerdict.TooMany) connection.Abort(new ConnectionAbortedException(Why(verdict)));
        // As a client: whoever waits for this connection must hear why there is none.
        if (role == Client) throw new ConnectionAbortedException(Why(verdict));
    }

    private async Task<PeerVerdict> JudgeAsync(ConnectionContext connection, byte role)
    {
        if (Interlocked.Increment(ref _running) > MostAtOnce)
        {
            Interlocked.Decrement(ref _running);
            return PeerVerdict.TooMany;
        }

        using var limit = new CancellationTokenSource(Patience, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, connection.ConnectionClosed);
        var verdict = PeerVerdict.Stranger; // until it has said enough, in time
        try
        {
            verdict = await MeetAsync(connection.Transport, role, either.Token);
            if (role == Server && verdict is PeerVerdict.OtherSecret or PeerVerdict.OtherCluster or PeerVerdict.OtherDatabase) await LetGoAsync(connection.Transport, either.Token);
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException or InvalidOperationException)
        {
            // It went away, or is too slow.
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }

        return verdict;
    }

    private async Task<PeerVerdict> MeetAsync(IDuplexPipe connection, byte role, CancellationToken cancellationToken)
    {
        var mine = Hello();
        await connection.Output.WriteAsync(mine, cancellationToken);
        if (await ReadAsync(connection.Input, HelloSize, cancellationToken) is not { } theirs || !theirs.AsSpan(0, Magic.Length).SequenceEqual(Magic)) return PeerVerdict.Stranger;
        await connection.Output.WriteAsync(Proof(role, mine, theirs), cancellationToken);
        if (await ReadAsync(connection.Input, ProofSize, cancellationToken) is not { } proof) return PeerVerdict.OtherSecret; // it left after it had seen ours
        if (!CryptographicOperations.FixedTimeEquals(proof, Proof((byte)(Server + Client - role), theirs, mine))) return PeerVerdict.OtherSecret;
        if (!Mark(mine, 0).SequenceEqual(Mark(theirs, 0))) return PeerVerdict.OtherCluster;
        return Mark(mine, 1).SequenceEqual(Mark(theirs, 1)) ? PeerVerdict.Ours : PeerVerdict.OtherDatabase;
    }

    /// <summary>
    /// Ends when the other end has closed. Our words may still be on their way out of a pipe: were the connection ended now they could be lost, and the other end would take that for another secret.
    /// </summary>
    private static async Task LetGoAsync(IDuplexPipe connection, CancellationToken cancellationToken)
    {
        await connection.Output.CompleteAsync();
        ReadResult read;
        do
        {
            read = await connection.Input.ReadAsync(cancellationToken);
            connection.Input.AdvanceTo(read.Buffer.End);
        }
        while (!read.IsCompleted);
    }

    private byte[] Hello() =>
        [.. Magic, .. RandomNumberGenerator.GetBytes(NonceSize), .. Hashed($"cluster {settings.Name}")[..MarkSize], .. Hashed($"database {Database}")[..MarkSize]];

    private byte[] Hashed(string text) => HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(text));

    private byte[] Proof(byte role, byte[] first, byte[] second) => HMACSHA256.HashData(_key, (byte[])[role, .. first, .. second]);

    private static ReadOnlySpan<byte> Mark(byte[] hello, int at) => hello.AsSpan(Magic.Length + NonceSize + (at * MarkSize), MarkSize);

    /// <summary>Null: the other end closed before it had said so much.</summary>
    private static async Task<byte[]?> ReadAsync(PipeReader input, int size, CancellationToken cancellationToken)
    {
        var read = await input.ReadAtLeastAsync(size, cancellationToken);
        if (read.Buffer.Length < size)
        {
            input.AdvanceTo(read.Buffer.End);
            return null;
        }

        var bytes = read.Buffer.Slice(0, size).ToArray();
        input.AdvanceTo(read.Buffer.GetPosition(size));
        return bytes;
    }

    /// <summary>Once a minute for each end: a peer that is set up wrongly tries every second.</summary>
    private void Say(string remote, PeerVerdict verdict)
    {
        var now = timeProvider.GetTimestamp();
        var host = remote.LastIndexOf(':') is > 0 and var colon ? remote[..colon] : remote; // a client's port is another one each time
        var key = string.Create(CultureInfo.InvariantCulture, $"{host} {verdict}");
        lock (_lock)
        {
            if (_said.TryGetValue(key, out var at) && timeProvider.GetElapsedTime(at, now) < SayAgainAfter) return;
            if (_said.Count >= MostAtOnce) _said.Clear();
            _said[key] = now;
        }

        LogTurnedAway(remote, Why(verdict));
    }

    /// <summary>What is wrong with a peer that is not ours, for the log.</summary>
    public static string Why(PeerVerdict verdict) => verdict switch
    {
        PeerVerdict.OtherSecret => "the cluster secrets of the two ends differ; all silos and fronts of a cluster have the same Postmill:Cluster:Secret",
        PeerVerdict.OtherCluster => "it belongs to another cluster; all silos and fronts that work together have the same Postmill:Cluster:Name",
        PeerVerdict.OtherDatabase => "it works on another database; all silos and fronts of a cluster have the same ConnectionStrings:Postgres",
        PeerVerdict.TooMany => $"more than {MostAtOnce} connections are being opened at once",
        PeerVerdict.Stranger => "it did not show that it is a silo or a front of Postmill within 5 s; if it is one, the certificates of one of the two are missing (Postmill:Cluster:CertificateFile)",
        PeerVerdict.Ours => throw new ArgumentOutOfRangeException(nameof(verdict), verdict, null),
    };

    [LoggerMessage(LogLevel.Warning, "The connection with {Remote} was turned down: {Why}")]
    private partial void LogTurnedAway(string remote, string why);
}

/// <summary>Whom a handshake has met.</summary>
internal enum PeerVerdict
{
    Ours,

    /// <summary>No Postmill, or one that speaks otherwise.</summary>
    Stranger,

    OtherSecret,

    OtherCluster,

    OtherDatabase,

    TooMany,
}
