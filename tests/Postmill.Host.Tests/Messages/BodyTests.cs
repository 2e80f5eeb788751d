using System.Net;
using System.Text;
using System.Text.Json;

namespace Postmill.Host.Tests.Messages;

public sealed class BodyTests(MailHost mail) : IClassFixture<MailHost>
{
    [Fact]
    public async Task One_mail_its_body_and_its_parts_are_as_promised()
    {
        var (user, email) = await StoreAsync(SampleMail.Full());
        Golden.AssertMatches("email", (await MailHost.GetAsync(user, $"/api/emails/{email}")).GetRawText());
        Golden.AssertMatches("email_body", (await MailHost.GetAsync(user, $"/api/emails/{email}/body")).GetRawText());
        Golden.AssertMatches("email_parts", (await MailHost.GetAsync(user, $"/api/emails/{email}/parts")).GetRawText());
    }

    [Fact]
    public async Task Keys_that_a_mail_has_nothing_for_are_null()
    {
        var (user, text) = await StoreAsync(MailHost.Note("plain"));
        var plain = await BodyAsync(user, text);
        Assert.Equal(("Text of plain.\n", JsonValueKind.Null), (plain.GetProperty("text").GetString(), plain.GetProperty("html").ValueKind));
        var picture = await BodyAsync(user, await StoreAsync(user, MailHost.Raw("Content-Type: image/png\nContent-Transfer-Encoding: base64\n\niVBO\n")));
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null), (picture.GetProperty("text").ValueKind, picture.GetProperty("html").ValueKind));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\r\n")]
    [InlineData("no header at all")]
    [InlineData("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n--b\r\n--b--")]
    [InlineData("Subject: \0\xD8\r\n\r\n\0")]
    public async Task Whatever_was_stored_can_be_read(string raw)
    {
        var (user, email) = await StoreAsync(Encoding.Latin1.GetBytes(raw));
        Assert.Equal(JsonValueKind.Object, (await BodyAsync(user, email)).GetProperty("headers").ValueKind);
        foreach (var part in (await MailHost.GetAsync(user, $"/api/emails/{email}/parts")).GetProperty("parts").EnumerateArray())
        {
            using var content = await user.Client.GetAsync($"/api/emails/{email}/parts/{part.GetProperty("id").GetString()}/content");
            Assert.Equal(HttpStatusCode.OK, content.StatusCode);
        }
        Assert.Equal(raw, Encoding.Latin1.GetString(await user.Client.GetByteArrayAsync($"/api/emails/{email}/raw")));
    }

    [Fact]
    public async Task Large_attachments_and_enclosed_mails_are_left_out_of_what_is_read_and_the_text_after_them_is_not()
    {
        var large = Convert.ToBase64String(new byte[3_000_000], Base64FormattingOptions.InsertLineBreaks);
        var (user, email) = await StoreAsync(MailHost.Raw($"""
            Subject: large
            Content-Type: multipart/mixed; boundary=b

            --b

            before
            --b
            Content-Type: application/zip
            Content-Transfer-Encoding: base64

            {large}
            --b
            Content-Type: message/rfc822

            Subject: enclosed
            Content-Type: multipart/mixed; boundary=c

            --c
            Content-Type: application/zip

            {large}
            --c--
            --b

            after
            --b--
            """));
        var body = await BodyAsync(user, email);
        Assert.Equal("before\nafter", body.GetProperty("text").GetString()!.Trim());
    }

    private async Task<(SignedIn User, Guid Email)> StoreAsync(byte[] raw)
    {
        var user = await mail.Host.SignUpAsync();
        return (user, await StoreAsync(user, raw));
    }

    private async Task<Guid> StoreAsync(SignedIn user, byte[] raw)
    {
        var account = await mail.NewAccountAsync(user);
        return await mail.StoreAsync(account, raw, MailHost.Noon, [], await mail.NewFolderAsync(account, "INBOX", "inbox"));
    }

    private static async Task<JsonElement> BodyAsync(SignedIn user, Guid email) => (await MailHost.GetAsync(user, $"/api/emails/{email}/body")).GetProperty("body");
}
