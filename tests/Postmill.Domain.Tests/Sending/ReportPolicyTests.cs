using Postmill.Domain.Sending;

namespace Postmill.Domain.Tests.Sending;

public sealed class ReportPolicyTests
{
    private static readonly Guid Job = Guid.NewGuid();

    [Fact]
    public void Bounce_of_a_recipient_of_that_mail_counts()
    {
        var mark = Assert.Single(Decide(Bounce(["m1"], Hard("ada@example.net")), Sent(0, "Ada@Example.NET"), Sent(1, "ben@example.net")));
        Assert.Equal((0, SuppressionReason.HardBounce), (mark.Recipient.Ordinal, mark.Suppresses));
    }

    [Fact]
    public void Soft_bounce_suppresses_nobody() => Assert.Null(Assert.Single(Decide(Bounce(["m1"], Soft("ada@example.net")), Sent(0, "ada@example.net"))).Suppresses);

    [Fact]
    public void Mail_that_was_never_sent_and_a_recipient_it_did_not_go_to_change_nothing()
    {
        Assert.Empty(Decide(Bounce(["other"], Hard("ada@example.net")), Sent(0, "ada@example.net")));
        Assert.Empty(Decide(Bounce(["m1"], Hard("mallory@example.net")), Sent(0, "ada@example.net")));
        Assert.Empty(Decide(Bounce([], Hard("ada@example.net")), Sent(0, "ada@example.net")));
        Assert.Empty(Decide(Bounce(["m1"], Hard("ada@example.net")), Sent(0, "ada@example.net") with { Reached = false }));
    }

    [Fact]
    public void Report_speaks_of_one_mail_the_first_it_names()
    {
        var older = Sent(0, "ada@example.net") with { JobId = Guid.NewGuid(), MessageId = "m0" };
        Assert.Equal("m1", Assert.Single(Decide(Bounce(["m1", "m0"], Hard("ada@example.net")), older, Sent(0, "ada@example.net"))).Recipient.MessageId);
    }

    [Fact]
    public void Envelope_id_names_the_mail_too() =>
        Assert.Single(Decide(Bounce([], Hard("ada@example.net")) with { EnvelopeId = Job.ToString() }, Sent(0, "ada@example.net")));

    [Fact]
    public void Alias_is_found_by_the_address_it_was_sent_to() =>
        Assert.Equal(0, Assert.Single(Decide(Bounce(["m1"], Hard("ada@inner.example") with { Original = "ada@example.net" }), Sent(0, "ada@example.net"))).Recipient.Ordinal);

    [Fact]
    public void Report_that_names_nobody_is_about_the_only_recipient()
    {
        Assert.Single(Decide(Bounce(["m1"], Soft("")), Sent(0, "ada@example.net")));
        Assert.Empty(Decide(Bounce(["m1"], Soft("")), Sent(0, "ada@example.net"), Sent(1, "ben@example.net")));
        Assert.Equal(SuppressionReason.Complaint, Assert.Single(Decide(new IncomingReport(ReportKind.Complaint, ["m1"], null, []), Sent(0, "ada@example.net"))).Suppresses);
    }

    [Fact]
    public void What_was_counted_is_not_counted_again_but_hard_outdoes_soft()
    {
        var soft = Sent(0, "ada@example.net") with { Bounced = BounceType.Soft };
        Assert.Empty(Decide(Bounce(["m1"], Soft("ada@example.net")), soft));
        Assert.Single(Decide(Bounce(["m1"], Hard("ada@example.net")), soft));
        Assert.Empty(Decide(Bounce(["m1"], Soft("ada@example.net")), soft with { Bounced = BounceType.Hard }));
        Assert.Empty(Decide(new IncomingReport(ReportKind.Complaint, ["m1"], null, []), soft with { Complained = true }));
        Assert.Equal(BounceType.Hard, Assert.Single(Decide(Bounce(["m1"], Soft("ada@example.net"), Hard("ada@example.net")), Sent(0, "ada@example.net"))).Said.Type);
    }

    [Theory]
    [InlineData(" Ada@Example.NET ", "ada@example.net")]
    [InlineData("ada@bücher.example", "ada@xn--bcher-kva.example")]
    [InlineData("ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example")]
    [InlineData("ada@..ü", "ada@..ü")]
    [InlineData("nobody", "nobody")]
    public void Spellings_of_one_mailbox_have_one_key(string address, string key) => Assert.Equal(key, RecipientKey.Of(address));

    private static IReadOnlyList<ReportMark> Decide(IncomingReport report, params SentRecipient[] known) => ReportPolicy.Decide(report, known);

    private static IncomingReport Bounce(string[] ids, params ReportedRecipient[] recipients) => new(ReportKind.Bounce, ids, null, recipients);

    private static ReportedRecipient Hard(string address) => new(address, null, BounceType.Hard, "5.1.1", "userunknown", "550 5.1.1 no such user");

    private static ReportedRecipient Soft(string address) => new(address, null, BounceType.Soft, "5.2.2", "mailboxfull", "552 5.2.2 full");

    private static SentRecipient Sent(int ordinal, string address) => new(Job, ordinal, "m1", address, Reached: true, Bounced: null, Complained: false);
}
