using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Postmill.Host.Tests.Messages;

public sealed class ContentTests(MailHost mail) : IClassFixture<MailHost>
{
    private const int Large = 12_000_000;

    [Fact]
    public async Task A_picture_is_given_decoded_with_its_type_its_name_and_a_strong_tag()
    {
        var (user, email) = await StoreAsync(SampleMail.Full());
        using var answer = await user.Client.GetAsync(await PathAsync(user, email, "image/png"));
        Assert.Equal(SampleMail.Png, await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal("image/png", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal(("inline", "logo.png"), (answer.Content.Headers.ContentDisposition!.DispositionType, answer.Content.Headers.ContentDisposition.FileName));
        Assert.Equal(["nosniff"], answer.Headers.GetValues("X-Content-Type-Options"));
        Assert.Equal($"\"{Convert.ToHexStringLower(SHA256.HashData(SampleMail.Png))}\"", answer.Headers.ETag!.Tag);
        using var again = new HttpRequestMessage(HttpMethod.Get, answer.RequestMessage!.RequestUri) { Headers = { IfNoneMatch = { answer.Headers.ETag } } };
        using var unchanged = await user.Client.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    // Hard case 35, the dashboard's half: what could run is saved, not shown.
    [Theory]
    [InlineData("text/html")]
    [InlineData("image/svg+xml")]
    [InlineData("application/xhtml+xml")]
    [InlineData("text/xml")]
    [InlineData("text/javascript")]
    public async Task What_could_run_in_a_browser_is_an_attachment(string type)
    {
        var (user, email) = await StoreAsync(MailHost.Raw($"Content-Type: {type}\nContent-Disposition: inline\n\n<x/>\n"));
        using var answer = await user.Client.GetAsync(await PathAsync(user, email, type));
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Contains("sandbox", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_in_any_script_goes_out_as_both_forms_and_cannot_break_the_header()
    {
        var (user, email) = await StoreAsync(SampleMail.Full());
        using var euro = await user.Client.GetAsync(await PathAsync(user, email, "text/html", last: true));
        Assert.Equal("€ rechnung.html", euro.Content.Headers.ContentDisposition!.FileNameStar);
        var (_, hostile) = await StoreAsync(MailHost.Raw(
            "Content-Type: text/plain; charset=\"x\\\"; evil=1\"\nContent-Disposition: attachment; filename=\"a\\\"; x=y;%0d%0aSet-Cookie: s\"\n\nx\n"), user);
        using var answer = await user.Client.GetAsync(await PathAsync(user, hostile, "text/plain"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        Assert.Equal("text/plain", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
    }

    [Fact]
    public async Task Ranges_of_a_large_part_and_of_the_raw_mail_are_the_octets_asked_for()
    {
        var (content, raw) = LargeMail();
        var (user, email) = await StoreAsync(raw);
        var path = await PathAsync(user, email, "application/octet-stream");
        foreach (var (from, to) in new[] { (0, 0), (0, 99), (262_143, 262_145), (Large - 10, Large - 1), (5_000_000, 5_700_000) })
        {
            Assert.Equal(content[from..(to + 1)], await RangeAsync(user, path, new RangeHeaderValue(from, to), content.Length));
            Assert.Equal(raw[from..(to + 1)], await RangeAsync(user, $"/api/emails/{email}/raw", new RangeHeaderValue(from, to), raw.Length));
        }
        Assert.Equal(content[^7..], await RangeAsync(user, path, new RangeHeaderValue(null, 7), content.Length));
        Assert.Equal(SHA256.HashData(content), SHA256.HashData(await user.Client.GetByteArrayAsync(path)));
        using var whole = await user.Client.GetAsync($"/api/emails/{email}/raw");
        Assert.Equal("message/rfc822", whole.Content.Headers.ContentType!.MediaType);
        Assert.Equal(SHA256.HashData(raw), SHA256.HashData(await whole.Content.ReadAsByteArrayAsync()));
        using var beyond = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Range = new RangeHeaderValue(Large, null) } };
        using var refused = await user.Client.SendAsync(beyond);
        await refused.AssertErrorAsync(HttpStatusCode.RequestedRangeNotSatisfiable, "range_not_satisfiable");
        using var head = await user.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));
        Assert.Equal(Large, head.Content.Headers.ContentLength);
    }

    // Hard case 33: who aborts a download, or takes a byte now and then, holds a buffer and no connection to the database.
    [Fact]
    public async Task Downloads_that_stand_still_hold_no_database_connection()
    {
        var (content, raw) = LargeMail();
        var (user, email) = await StoreAsync(raw);
        var path = await PathAsync(user, email, "application/octet-stream");
        var standing = new List<Stream>();
        // More than the pool has connections (20).
        for (var i = 0; i < 25; i++) standing.Add(await user.Client.GetStreamAsync(path));
        Assert.Equal(content[..100], await RangeAsync(user, path, new RangeHeaderValue(0, 99), content.Length));
        foreach (var stream in standing) await stream.DisposeAsync();
    }

    [Fact]
    public async Task Content_that_is_not_what_was_stored_is_409_when_small_and_a_cut_answer_when_large()
    {
        var (user, small) = await StoreAsync(SampleMail.Full());
        var picture = await PathAsync(user, small, "image/png");
        await mail.ExecuteAsync("UPDATE message_part SET sha256 = $2 WHERE message_id = $1", small, new byte[32]);
        using var mismatch = await user.Client.GetAsync(picture);
        await mismatch.AssertErrorAsync(HttpStatusCode.Conflict, "email_part_content_hash_mismatch");

        var (_, raw) = LargeMail();
        var (_, large) = await StoreAsync(raw, user);
        var path = await PathAsync(user, large, "application/octet-stream");
        await mail.ExecuteAsync("UPDATE message_part SET sha256 = $2 WHERE message_id = $1", large, new byte[32]);
        await Assert.ThrowsAnyAsync<Exception>(async () => await user.Client.GetByteArrayAsync(path));

        await mail.ExecuteAsync("UPDATE message_part SET size = size + 1 WHERE message_id = $1", small);
        using var shorter = await user.Client.GetAsync(picture);
        await shorter.AssertErrorAsync(HttpStatusCode.Conflict, "email_part_content_hash_mismatch");
    }

    [Fact]
    public async Task An_index_that_points_outside_the_mail_is_409()
    {
        var (user, email) = await StoreAsync(SampleMail.Full());
        var path = await PathAsync(user, email, "image/png");
        await mail.ExecuteAsync("UPDATE message_part SET body_offset = 100000 WHERE message_id = $1", email);
        using var content = await user.Client.GetAsync(path);
        await content.AssertErrorAsync(HttpStatusCode.Conflict, "email_part_metadata_out_of_sync");
        using var body = await user.Client.GetAsync($"/api/emails/{email}/body");
        await body.AssertErrorAsync(HttpStatusCode.Conflict, "email_part_metadata_out_of_sync");
    }

    private static (byte[] Content, byte[] Raw) LargeMail()
    {
        var content = new byte[Large];
        new Random(7).NextBytes(content);
        var text = Convert.ToBase64String(content, Base64FormattingOptions.InsertLineBreaks);
        return (content, Encoding.ASCII.GetBytes($"Subject: large\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n{text}\r\n"));
    }

    private async Task<(SignedIn User, Guid Email)> StoreAsync(byte[] raw, SignedIn? user = null)
    {
        user ??= await mail.Host.SignUpAsync();
        return (user, await mail.StoreAsync(await mail.NewAccountAsync(user), raw, MailHost.Noon, []));
    }

    private static async Task<string> PathAsync(SignedIn user, Guid email, string type, bool last = false)
    {
        var parts = (await MailHost.GetAsync(user, $"/api/emails/{email}/parts")).GetProperty("parts").EnumerateArray().Where(part => part.GetProperty("content_type").GetString() == type);
        return $"/api/emails/{email}/parts/{(last ? parts.Last() : parts.First()).GetProperty("id").GetString()}/content";
    }

    private static async Task<byte[]> RangeAsync(SignedIn user, string path, RangeHeaderValue range, long whole)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Range = range } };
        using var answer = await user.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal(whole, answer.Content.Headers.ContentRange!.Length);
        return await answer.Content.ReadAsByteArrayAsync();
    }
}
