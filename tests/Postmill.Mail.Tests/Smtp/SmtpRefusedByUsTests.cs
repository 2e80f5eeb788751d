using System.Text;
using Postmill.Mail.Smtp;

namespace Postmill.Mail.Tests.Smtp;

/// <summary>Hard cases 31, 35 and 46: what cannot go over this server, or anywhere, is refused before the first word.</summary>
public sealed class SmtpRefusedByUsTests
{
    public static TheoryData<string> Invalid =>
    [
        "ben@mail.test\r\nRCPT TO:<evil@mail.test>", "ben@mail.test\n", "\rben@mail.test", "ben\0@mail.test", "ben@mail.test> NOTIFY=SUCCESS", "<ben@mail.test", "ben @mail.test",
        "ben@mail.test SIZE=1", "\"ben ben\"@mail.test", "ben@mail\t.test", "ben@mail.test\u0085", "ben@mail.test\u2028", "ben", "@mail.test", "ben@", "", "@a.test,@b.test:ben@mail.test", "a@b@mail.test",
        "ben@mail.test,cy@mail.test", "ben@\"mail\".test", new string('b', 250) + "@mail.test", new string('ü', 125) + "@mail.test",
    ];

    [Theory]
    [MemberData(nameof(Invalid))]
    public async Task Text_that_is_no_address_is_never_written(string address)
    {
        var refused = await OfAsync(["SMTPUTF8", "8BITMIME"], SendScript.ToBen with { Recipients = [new SmtpRecipient(address)] });
        Assert.Equal(SmtpRefusedByUs.AddressInvalid, refused.RefusedByUs);
        if (address.Length > 0) Assert.Equal(SmtpRefusedByUs.AddressInvalid, (await OfAsync(["SMTPUTF8", "8BITMIME"], SendScript.ToBen with { From = address })).RefusedByUs);
    }

    [Fact]
    public Task Half_a_character_is_never_written() => Text_that_is_no_address_is_never_written("ben\uD83D@mail.test");

    [Fact]
    public async Task Recipient_that_cannot_be_named_does_not_keep_the_mail_from_the_others()
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.OpenAsync("PIPELINING");
            await peer.TakeMailAsync(SendScript.RcptCy);
            await peer.SendAsync(SendScript.Ok);
            await peer.GoneAsync();
        });
        await using var connection = await server.ConnectAsync();
        var sent = await connection.SendAsync(SendScript.ToBen with { Recipients = [new SmtpRecipient("a b@mail.test"), SendScript.Cy, new SmtpRecipient("jörg@mail.test")] });
        Assert.Equal(SmtpDeliveryKind.Accepted, sent.Kind);
        Assert.Equal([SmtpVerdict.RefusedForGood, SmtpVerdict.Accepted, SmtpVerdict.RefusedForGood], sent.Recipients.Select(one => one.Verdict));
        Assert.Equal([SmtpRefusedByUs.AddressInvalid, null, SmtpRefusedByUs.SmtpUtf8Unsupported], sent.Recipients.Select(one => one.RefusedByUs));
    }

    [Theory]
    [InlineData("jörg@mail.test")]
    [InlineData("ben@bücher.test")]
    public async Task Letters_beyond_ASCII_in_an_address_need_SMTPUTF8(string address)
    {
        var refused = await OfAsync(["8BITMIME"], SendScript.ToBen with { Recipients = [new SmtpRecipient(address)] });
        Assert.Equal(("smtputf8_unsupported", SmtpVerdict.RefusedForGood), (refused.RefusedByUs!.Value.Name(), refused.Recipients[0].Verdict));
        Assert.Equal(SmtpRefusedByUs.SmtpUtf8Unsupported, (await OfAsync([], SendScript.ToBen with { From = address })).RefusedByUs);
    }

    [Fact]
    public async Task Header_in_UTF8_needs_SMTPUTF8() =>
        Assert.Equal(SmtpRefusedByUs.SmtpUtf8Unsupported, (await OfAsync(["8BITMIME"], SendScript.ToBen with { NeedsUtf8 = true })).RefusedByUs);

    [Fact]
    public async Task Eight_bit_content_needs_8BITMIME() =>
        Assert.Equal("8bitmime_unsupported", (await OfAsync(["CHUNKING"], SendScript.ToBen, "Subject: ä\r\n\r\n")).RefusedByUs!.Value.Name());

    [Fact]
    public async Task Content_above_the_announced_size_is_not_even_announced()
    {
        var refused = await OfAsync(["SIZE 22"], SendScript.ToBen);
        Assert.Equal(("size_exceeded", SmtpPhase.Check, false), (refused.RefusedByUs!.Value.Name(), refused.Phase, refused.IsTransient));
        Assert.Equal(SmtpVerdict.RefusedForGood, refused.Recipients[0].Verdict);
    }

    [Fact]
    public async Task Content_grows_above_the_announced_size_by_its_line_ends() =>
        Assert.Equal(SmtpRefusedByUs.SizeExceeded, (await OfAsync(["SIZE 10"], SendScript.ToBen, "12345678\n\n")).RefusedByUs);

    [Fact]
    public async Task Line_above_998_bytes_is_never_written() =>
        Assert.Equal("line_too_long", (await OfAsync(["CHUNKING"], SendScript.ToBen, new string('x', 999) + "\r\n")).RefusedByUs!.Value.Name());

    [Fact]
    public async Task Envelope_without_recipients_or_with_an_impossible_ENVID_is_a_bug()
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.OpenAsync();
            Assert.Null(await peer.ReadLineAsync());
        });
        await using var connection = await server.ConnectAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => connection.SendAsync(new SmtpEnvelope("ada@mail.test", [])));
        foreach (var id in new[] { "", "a\r\nb", "ä", new string('x', 101), new string('+', 34) })
            await Assert.ThrowsAsync<ArgumentException>(() => connection.SendAsync(SendScript.ToBen with { EnvelopeId = id }));
    }

    private static async Task<SmtpDelivery> OfAsync(string[] extensions, SmtpEnvelope envelope, string? content = null)
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.OpenAsync(extensions);
            Assert.Null(await peer.ReadLineAsync());
        });
        await using var connection = await server.ConnectAsync();
        var refused = await connection.SendAsync(envelope, content is null ? SendScript.Payload : SmtpPayload.Of(Encoding.UTF8.GetBytes(content)));
        Assert.Equal((SmtpDeliveryKind.RefusedByUs, false), (refused.Kind, refused.OutcomeUnknown));
        Assert.False(connection.IsClosed);
        return refused;
    }
}
