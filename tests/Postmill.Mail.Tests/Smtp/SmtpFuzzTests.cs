using System.Text;
using Postmill.Mail.Net;
using Postmill.Mail.Smtp;

namespace Postmill.Mail.Tests.Smtp;

/// <summary>Mutated replies. The seed of a failing round is in its message; POSTMILL_FUZZ_ROUNDS sets how many rounds are made.</summary>
public sealed class SmtpFuzzTests
{
    private static readonly string Echo = Convert.ToBase64String(Encoding.UTF8.GetBytes("\0ada@mail.test\0s3cret-pass"));

    private static readonly IReadOnlyList<byte[]> Session = CannedReplies.Of(
        "220-mail.test ESMTP\r\n220 no spam\r\n",
        "250-mail.test\r\n250-SIZE 35882577\r\n250-PIPELINING\r\n250-AUTH=LOGIN\r\n250 AUTH PLAIN LOGIN\r\n",
        $"535-5.7.8 what is\r\n535 5.7.8 {Echo}?\r\n",
        "250 2.0.0 ok\r\n",
        "250 2.0.0 reset\r\n",
        "221 2.0.0 bye\r\n");

    private static int Rounds => int.TryParse(Environment.GetEnvironmentVariable("POSTMILL_FUZZ_ROUNDS"), out var rounds) ? rounds : 1000;

    [Fact]
    public async Task Unharmed_session_goes_to_its_end()
    {
        var said = new List<string>();
        await PlayAsync(new CannedReplies(Session, new Random(1)), said);
        Assert.Equal(["opened", "AuthenticationFailed", "NOOP", "RSET", "QUIT"], said);
    }

    [Fact]
    public async Task Mutated_replies_end_in_a_fault_of_ours_or_in_nothing_and_never_show_the_password()
    {
        for (var seed = 0; seed < Rounds; seed++)
        {
            var random = new Random(seed);
            var said = new List<string>();
            try
            {
                await PlayAsync(new CannedReplies(Mutate(Session, random), random), said);
            }
            catch (MailServerException fault) when (said.Count > 0)
            {
                // Only what was changed itself may slip through, and a changed password is not the password.
                Assert.False(fault.ToString().Contains("s3cret", StringComparison.Ordinal) || fault.ToString().Contains(Echo, StringComparison.Ordinal), $"seed {seed}: {fault}");
            }
            catch (MailServerException)
            {
                // The login was never sent.
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}, after {string.Join(", ", said)}", e);
            }
        }
    }

    [Fact]
    public async Task Mutated_replies_to_a_mail_end_in_a_value_and_only_a_2yz_is_an_acceptance()
    {
        var replies = CannedReplies.Of("250 2.1.0 ok\r\n250-2.1.5 yes\r\n250 2.1.5 ok\r\n", "354 go\r\n", "250-2.0.0 queued\r\n250 2.0.0 as 42\r\n");
        for (var seed = 0; seed < Rounds; seed++)
        {
            var mutated = Mutate(replies, new Random(seed));
            var (delivery, writes) = await SendAsync(mutated);
            var isBegun = writes == mutated.Count;
            Assert.True(!delivery.OutcomeUnknown || isBegun, $"seed {seed}: unknown after {writes} writes");
            Assert.True(delivery.Kind != SmtpDeliveryKind.Accepted || isBegun && delivery.Reply!.IsPositive, $"seed {seed}: accepted");
            Assert.True(delivery.Kind != SmtpDeliveryKind.Lost || delivery.OutcomeUnknown == isBegun, $"seed {seed}: {delivery.Text}");
        }
    }

    private static async Task<(SmtpDelivery Delivery, int Writes)> SendAsync(List<byte[]> replies)
    {
        var next = -1;
        await using var stream = new CutStream(_ => next++ < 0 ? "250-mail.test\r\n250 PIPELINING\r\n" : Encoding.Latin1.GetString(replies[next - 1]), int.MaxValue, afterIt: false);
        await using var connection = await stream.OpenAsync();
        var sending = connection.SendAsync();
        // All that the server has to say was said by now, for every wait but the last is over at once; whoever waits for more hears that it has left.
        stream.Dispose();
        return (await sending, next);
    }

    private static async Task PlayAsync(CannedReplies server, List<string> said)
    {
        await using var connection = await server.OpenSmtpAsync();
        said.Add("opened");
        try
        {
            await connection.AuthenticateAsync(ScriptedSmtpServer.Ada, default);
            said.Add("AUTH");
        }
        catch (MailServerException refused) when (!connection.IsClosed)
        {
            Assert.DoesNotContain(Echo, refused.ToString(), StringComparison.Ordinal);
            said.Add(refused.Fault.ToString());
        }
        await connection.NoopAsync(default);
        said.Add("NOOP");
        await connection.ResetAsync(default);
        said.Add("RSET");
        await connection.QuitAsync(default);
        said.Add("QUIT");
    }

    private static List<byte[]> Mutate(IReadOnlyList<byte[]> session, Random random)
    {
        var replies = session.Select(reply => reply.ToList()).ToList();
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            var bytes = replies[random.Next(replies.Count)];
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 2 when bytes.Count > 1: bytes.RemoveAt(at); break;
                case 3: bytes.InsertRange(at, bytes.Take(random.Next(bytes.Count)).ToList()); break;
                default: bytes.Insert(at, (byte)random.Next(256)); break;
            }
        }
        return [.. replies.Select(reply => reply.ToArray())];
    }
}
