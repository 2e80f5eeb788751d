using Postmill.Host.Sockets;

namespace Postmill.Host.Tests.Sockets;

/// <summary>Mutated client streams. The seed of a failing round is in its message; POSTMILL_FUZZ_ROUNDS sets how many rounds are made.</summary>
public sealed class WebSocketFuzzTests
{
    private const int MaxMessageBytes = 2048;

    private static readonly byte[] Good =
    [
        .. ClientFrames.Text("{\"type\":\"ping\"}"), .. ClientFrames.Text("grü", fin: false), .. ClientFrames.Ping("mid"), .. ClientFrames.More("ße", fin: true),
        .. ClientFrames.Pong(), .. ClientFrames.Text(new string('x', 300)), .. ClientFrames.Close(1000, "bye"),
    ];

    private static int Rounds => int.TryParse(Environment.GetEnvironmentVariable("POSTMILL_FUZZ_ROUNDS"), out var rounds) ? rounds : 1000;

    [Fact]
    public void Mutated_stream_means_the_same_however_it_is_cut_and_only_breaks_with_a_close_code()
    {
        for (var seed = 0; seed < Rounds; seed++)
        {
            var random = new Random(seed);
            var bytes = Mutate(random);
            var whole = Decode([bytes]);
            Assert.True(whole == Decode(Cut(bytes, random)), $"seed {seed}");
            Assert.True(whole == Decode([.. bytes.Select(b => new[] { b })]), $"seed {seed}, bytewise");
        }
    }

    [Fact]
    public async Task Connection_fed_with_a_mutated_stream_always_ends()
    {
        for (var seed = 0; seed < Rounds; seed++)
        {
            await using var session = new Session(WebSocketOptions.Default with { MaxMessageBytes = MaxMessageBytes });
            await session.SendAsync(Mutate(new Random(seed)));
            session.Client.Dispose();
            var end = await session.EndAsync();
            Assert.True(end.Reason is WebSocketEndReason.PeerClosed or WebSocketEndReason.ProtocolError or WebSocketEndReason.TransportLost, $"seed {seed}: {end}");
            Assert.False(session.Server.HoldsBuffer);
        }
    }

    private static byte[] Mutate(Random random)
    {
        var bytes = Good.ToList();
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 2: bytes.RemoveAt(at); break;
                default: bytes.Insert(at, (byte)random.Next(256)); break;
            }
        }
        return [.. bytes];
    }

    private static List<byte[]> Cut(byte[] bytes, Random random)
    {
        var pieces = new List<byte[]>();
        for (var at = 0; at < bytes.Length;)
        {
            var length = Math.Min(bytes.Length - at, random.Next(1, 40));
            pieces.Add(bytes[at..(at + length)]);
            at += length;
        }
        return pieces;
    }

    private static string Decode(IEnumerable<byte[]> pieces)
    {
        using var decoder = new WebSocketFrameDecoder(MaxMessageBytes);
        var seen = new System.Text.StringBuilder();
        try
        {
            foreach (var piece in pieces)
            {
                for (var at = 0; at < piece.Length;)
                {
                    at += decoder.Consume(piece.AsSpan(at), out var input);
                    if (input is { } one) seen.Append(one.Kind).Append(one.CloseCode).Append(Convert.ToHexString(one.Payload.Span)).Append('|');
                }
                decoder.ReleaseFinished();
            }
        }
        catch (WebSocketProtocolException broken)
        {
            seen.Append("broken ").Append(broken.Code);
        }
        return seen.ToString();
    }
}
