using Postmill.Mail.Mime.Writing;

namespace Postmill.Mail.Tests.Mime.Writing;

/// <summary>RFC 5321 section 4.1.2, RFC 5322 section 3.4.1, RFC 6531 section 3.3.</summary>
public sealed class AddrSpecTests
{
    [Theory]
    [InlineData("a@b.c", "a@b.c")]
    [InlineData("First.Last+tag@Example.COM", "First.Last+tag@Example.COM")]
    [InlineData("a@localhost", "a@localhost")]
    [InlineData("\"a b\"@b.c", "\"a b\"@b.c")]
    [InlineData("\"a@b\"@b.c", "\"a@b\"@b.c")]
    [InlineData("\"a\\\"b\\\\\"@b.c", "\"a\\\"b\\\\\"@b.c")]
    [InlineData("a@[192.0.2.1]", "a@[192.0.2.1]")]
    [InlineData("a@[IPv6:2001:db8::1]", "a@[IPv6:2001:db8::1]")]
    [InlineData("a@bücher.example", "a@xn--bcher-kva.example")]
    [InlineData("a@BÜCHER.example", "a@xn--bcher-kva.example")]
    [InlineData("a@bu\u0308cher.example", "a@xn--bcher-kva.example")]
    [InlineData("a@例え。テスト", "a@xn--r8jz45g.xn--zckzah")]
    [InlineData("a@my_host.example", "a@my_host.example")]
    public void An_address_is_taken_and_its_domain_in_a_labels(string text, string written)
    {
        Assert.True(AddrSpec.TryParse(text, out var address));
        Assert.Equal(written, address.ToString());
        Assert.True(address.IsAscii);
    }

    [Theory]
    [InlineData("jörg@example.com")]
    [InlineData("\"j ö\"@example.com")]
    [InlineData("用户@例え.テスト")]
    public void A_local_part_beyond_ascii_needs_smtputf8(string text)
    {
        Assert.True(AddrSpec.TryParse(text, out var address));
        Assert.False(address.IsAscii);
        Assert.True(Composing.Compose(Composing.Plain with { To = [new(null, text)] }).NeedsUtf8);
        Assert.True(Composing.Compose(Composing.Plain with { Sender = new(null, text) }).NeedsUtf8);
    }

    [Fact]
    public void Two_spellings_of_one_character_are_one_address()
    {
        Assert.True(AddrSpec.TryParse("jo\u0308rg@example.com", out var apart));
        Assert.Equal("j\u00F6rg", apart.LocalPart);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("@b.c")]
    [InlineData("a@")]
    [InlineData("a b@c.d")]
    [InlineData(" a@b.c")]
    [InlineData("a@b.c ")]
    [InlineData("a@b..c")]
    [InlineData("a@.b")]
    [InlineData("a@b.")]
    [InlineData("a@-b.c")]
    [InlineData("a@b c")]
    [InlineData("a@b,c@d.e")]
    [InlineData("a@b>, <c@d.e")]
    [InlineData("<a@b.c>")]
    [InlineData("Name <a@b.c>")]
    [InlineData("a(comment)@b.c")]
    [InlineData(".a@b.c")]
    [InlineData("a.@b.c")]
    [InlineData("a..b@c.d")]
    [InlineData("a@b@c.d")]
    [InlineData("\"a@b.c")]
    [InlineData("\"a\"b\"@b.c")]
    [InlineData("\"a\\\"@b.c")]
    [InlineData("\"\\\\\"x\"@b.c")]
    [InlineData("\"\"@b.c")]
    [InlineData("a@[192.0.2.1")]
    [InlineData("a@[1]2]")]
    [InlineData("a@[x\\]]")]
    [InlineData("a\u200B@b.c")]
    [InlineData("a\u202Eb@c.d")]
    [InlineData("a\u0085@b.c")]
    [InlineData("a@b\u2028c")]
    [InlineData("a@\u202Eb.c")]
    [InlineData("\uD800@b.c")]
    public void Anything_else_is_none(string? text) => Assert.False(AddrSpec.TryParse(text, out _));

    [Fact]
    public void What_no_server_takes_is_none()
    {
        Assert.True(AddrSpec.TryParse(new string('a', 64) + "@b.c", out _));
        Assert.False(AddrSpec.TryParse(new string('a', 65) + "@b.c", out _));
        Assert.False(AddrSpec.TryParse(new string('é', 33) + "@b.c", out _));
        Assert.False(AddrSpec.TryParse("a@" + new string('b', 64) + ".c", out _));
        Assert.False(AddrSpec.TryParse("a@" + string.Join('.', Enumerable.Repeat("abcdefghi", 26)), out _));
    }

    [Fact]
    public void An_id_stands_at_the_senders_domain()
    {
        Assert.True(AddrSpec.TryParse("a@Bücher.example", out var from));
        var random = Enumerable.Range(0, 16).Select(i => (byte)i).ToArray();
        Assert.Equal("000102030405060708090a0b0c0d0e0f@xn--bcher-kva.example", MessageIdMaker.Make(from, random));
    }
}
