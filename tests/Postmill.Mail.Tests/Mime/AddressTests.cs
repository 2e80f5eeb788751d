using Postmill.Mail.Mime;

namespace Postmill.Mail.Tests.Mime;

/// <summary>RFC 5322 sections 3.4 and 4.4; hard cases 12 and 27.</summary>
public sealed class AddressTests
{
    [Theory]
    [InlineData("a@b.c", null, "a@b.c")]
    [InlineData("<a@b.c>", null, "a@b.c")]
    [InlineData("John Doe <a@b.c>", "John Doe", "a@b.c")]
    [InlineData("\"Doe, John\" <a@b.c>", "Doe, John", "a@b.c")]
    [InlineData("\"a \\\"b\\\" c\" <a@b.c>", "a \"b\" c", "a@b.c")]
    [InlineData("a@b.c (John Doe)", "John Doe", "a@b.c")]
    [InlineData("(hi) Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>", "Pete", "pete@silly.test")]
    [InlineData("John Doe a@b.c", "John Doe", "a@b.c")]
    [InlineData("=?utf-8?Q?J=C3=B6rg?= <a@b.c>", "Jörg", "a@b.c")]
    [InlineData("\"=?utf-8?Q?J=C3=B6rg?=\" <a@b.c>", "Jörg", "a@b.c")]
    [InlineData("=?utf-8?Q?Doe,_\"J\"?= <a@b.c>", "Doe, \"J\"", "a@b.c")]
    [InlineData("=?utf-8?Q?a?=\n =?utf-8?Q?b?= <a@b.c>", "ab", "a@b.c")]
    [InlineData("<@relay,@other:a@b.c>", null, "a@b.c")]
    [InlineData("john . doe @ example . com", null, "john.doe@example.com")]
    [InlineData("a@b.c (\"John Doe\")", "John Doe", "a@b.c")]
    [InlineData("a..b.@docomo.ne.jp", null, "a..b.@docomo.ne.jp")]
    [InlineData("J <a@xn--bcher-kva.example>", "J", "a@xn--bcher-kva.example")]
    [InlineData("\"=\\?zz?q?x?=\" <a@b.c>", "x", "a@b.c")]
    [InlineData("\"john doe\"@b.c", null, "\"john doe\"@b.c")]
    [InlineData("<\"a,b\"@b.c>", null, "\"a,b\"@b.c")]
    [InlineData("\"never closed <a@b.c>", "never closed", "a@b.c")]
    [InlineData("John <a@b.c", "John", "a@b.c")]
    [InlineData(") a@b.c", null, "a@b.c")]
    [InlineData("mailto:a@b.c", null, "a@b.c")]
    [InlineData("MAILER-DAEMON", null, "MAILER-DAEMON")]
    [InlineData("Mail Delivery System", "Mail Delivery System", "")]
    [InlineData("Mail Delivery System <>", "Mail Delivery System", "")]
    [InlineData("<=?utf-8?Q?a=40b.c?=>", null, "a@b.c")]
    public void A_mailbox_is_read_in_every_shape(string value, string? name, string address) =>
        Assert.Equal(new MailAddress(name, address), Assert.Single(TestMail.WithField("From: " + value).From));

    [Fact]
    public void Raw_utf8_names_and_addresses_are_kept() =>
        Assert.Equal(new MailAddress("Jürgen", "jürgen@bücher.example"), Assert.Single(TestMail.WithField("From: " + TestMail.Utf8("Jürgen <jürgen@bücher.example>")).From));

    [Fact]
    public void An_entry_that_cannot_be_read_costs_no_other() =>
        Assert.Equal(["a@b", "", "c@d"], TestMail.WithField("To: a@b, not an address at all, c@d").To.Select(a => a.Address));

    [Fact]
    public void Groups_are_flattened_and_empty_ones_vanish()
    {
        Assert.Equal(["a@b", "c@d", "e@f"], TestMail.WithField("To: friends: a@b, C <c@d>;, e@f").To.Select(a => a.Address));
        Assert.Empty(TestMail.WithField("To: undisclosed-recipients:;").To);
    }

    [Fact]
    public void Semicolons_and_missing_brackets_part_addresses_too()
    {
        Assert.Equal(["a@b", "c@d"], TestMail.WithField("To: a@b; c@d;").To.Select(a => a.Address));
        Assert.Equal(["a@b", "c@d"], TestMail.WithField("To: <a@b, <c@d>").To.Select(a => a.Address));
    }

    [Fact]
    public void Repeated_fields_are_one_list() =>
        Assert.Equal(["a@b", "c@d"], TestMail.WithField("To: a@b\nTo: c@d").To.Select(a => a.Address));

    [Fact]
    public void Fifty_thousand_recipients_are_bounded()
    {
        var mail = TestMail.WithField("To: " + string.Join(",\n ", Enumerable.Range(0, 50_000).Select(i => $"user{i} <user{i}@example.com>")));
        Assert.Equal(MimeLimits.Default.MaxAddresses, mail.To.Count);
        Assert.Equal("user1999@example.com", mail.To[^1].Address);
    }
}
