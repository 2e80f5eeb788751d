using System.IO.Pipelines;
using Microsoft.Extensions.Logging.Abstractions;
using Postmill.Host.Cluster;

namespace Postmill.Host.Tests.Cluster;

public sealed class ClusterHandshakeTests
{
    private const string Secret = "a secret of sixteen or more";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Two_of_one_cluster_and_database_are_ours_to_each_other() =>
        Assert.Equal((PeerVerdict.Ours, PeerVerdict.Ours), await MeetAsync(New(), New()));

    [Fact]
    public async Task Who_differs_is_told_from_each_other()
    {
        Assert.Equal((PeerVerdict.OtherSecret, PeerVerdict.OtherSecret), await MeetAsync(New(), New(secret: "another secret of enough letters")));
        Assert.Equal((PeerVerdict.OtherSecret, PeerVerdict.OtherSecret), await MeetAsync(New(), New(secret: "")));
        Assert.Equal((PeerVerdict.OtherSecret, PeerVerdict.OtherSecret), await MeetAsync(New(secret: ""), New(secret: "")));
        Assert.Equal((PeerVerdict.OtherCluster, PeerVerdict.OtherCluster), await MeetAsync(New(), New(name: "staging")));
        Assert.Equal((PeerVerdict.OtherDatabase, PeerVerdict.OtherDatabase), await MeetAsync(New(), New(database: "7/2")));
    }

    [Fact]
    public async Task What_was_sent_shows_neither_the_secret_nor_the_cluster_nor_the_database_and_never_twice_the_same()
    {
        var (one, two) = (await SaidAsync(), await SaidAsync());
        foreach (var said in new[] { one, two })
        {
            var text = Convert.ToHexString(said);
            foreach (var hidden in new[] { Secret, "production", "7/1" }) Assert.DoesNotContain(Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(hidden)), text, StringComparison.Ordinal);
        }

        Assert.NotEqual(one[4..36], two[4..36]); // the nonces
        Assert.NotEqual(one[^32..], two[^32..]); // the proofs
    }

    [Fact]
    public async Task A_proof_sent_back_or_sent_again_proves_nothing()
    {
        // Everything that comes is sent back as it is.
        var (here, there) = Pair();
        var meeting = New().MeetAsync(here, CancellationToken.None);
        var echo = EchoAsync(there);
        Assert.Equal(PeerVerdict.OtherSecret, await meeting.WaitAsync(Patience));
        await here.Output.CompleteAsync();
        await echo;

        // What a true peer said in an earlier handshake is said again.
        var recorded = await SaidAsync();
        (here, there) = Pair();
        meeting = New().MeetAsync(here, CancellationToken.None);
        await there.Output.WriteAsync(recorded);
        Assert.Equal(PeerVerdict.OtherSecret, await meeting.WaitAsync(Patience));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: silo\r\nX: 0123456789012345678901234567890123456789\r\n\r\n")]
    [InlineData("")]
    [InlineData("pmc1")]
    public async Task What_is_no_peer_is_a_stranger(string says)
    {
        var (here, there) = Pair();
        var meeting = New().MeetAsync(here, CancellationToken.None);
        await there.Output.WriteAsync(System.Text.Encoding.ASCII.GetBytes(says));
        await there.Output.CompleteAsync();
        Assert.Equal(PeerVerdict.Stranger, await meeting.WaitAsync(Patience));
    }

    [Fact]
    public async Task Who_says_nothing_is_waited_for_no_longer_than_asked()
    {
        var (here, _) = Pair();
        using var limit = new CancellationTokenSource();
        var meeting = New().MeetAsync(here, limit.Token);
        await limit.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => meeting.WaitAsync(Patience));
    }

    private static ClusterHandshake New(string secret = Secret, string name = "production", string database = "7/1") =>
        new(new ClusterSettings { Secret = secret, Name = name }, TimeProvider.System, NullLogger<ClusterHandshake>.Instance) { Database = database };

    private static (IDuplexPipe, IDuplexPipe) Pair()
    {
        var (one, two) = (new Pipe(), new Pipe());
        return (new Ends(one.Reader, two.Writer), new Ends(two.Reader, one.Writer));
    }

    private static async Task<(PeerVerdict, PeerVerdict)> MeetAsync(ClusterHandshake client, ClusterHandshake server)
    {
        var (here, there) = Pair();
        var (atServer, atClient) = (server.AnswerAsync(there, CancellationToken.None), client.MeetAsync(here, CancellationToken.None));
        await Task.WhenAll(atServer, atClient).WaitAsync(Patience);
        return (await atClient, await atServer);
    }

    /// <summary>All that a client says to a server that is one of its own.</summary>
    private static async Task<byte[]> SaidAsync()
    {
        var (here, there) = Pair();
        var (up, down) = (new Pipe(), there);
        var server = New().AnswerAsync(new Ends(up.Reader, down.Output), CancellationToken.None);
        var client = New().MeetAsync(here, CancellationToken.None);
        var said = new MemoryStream();
        while (said.Length < 84)
        {
            var read = await down.Input.ReadAsync();
            foreach (var part in read.Buffer)
            {
                said.Write(part.Span);
                await up.Writer.WriteAsync(part);
            }

            down.Input.AdvanceTo(read.Buffer.End);
        }

        await Task.WhenAll(server, client).WaitAsync(Patience);
        return said.ToArray();
    }

    private static async Task EchoAsync(IDuplexPipe pipe) => await pipe.Input.CopyToAsync(pipe.Output);

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
