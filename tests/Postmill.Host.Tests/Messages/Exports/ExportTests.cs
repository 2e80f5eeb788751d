using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;

namespace Postmill.Host.Tests.Messages.Exports;

/// <summary>An account's mail as one file.</summary>
public sealed class ExportTests(MailHost mail) : IClassFixture<MailHost>
{
    private static readonly DateTimeOffset Noon = MailHost.Noon;

    [Fact]
    public async Task An_mbox_holds_every_mail_oldest_first_and_is_read_back_by_a_reader_of_its_own()
    {
        var (user, account) = await NewAsync();
        var second = MailHost.Raw("From: Bea <bea@example.org>\nSubject: two\n\nFrom here on\n>From there\nno end of line");
        await mail.StoreAsync(account, second, Noon.AddHours(1), []);
        await mail.StoreAsync(account, MailHost.Note("one"), Noon, []);
        await mail.StoreAsync(account, MailHost.Raw("From: \"no address\"\nSubject: three\n\n"), Noon.AddDays(5), []);
        var file = await user.FileAsync(account, "mbox");

        var read = Exports.ReadMbox(file);
        Assert.Equal(["From ann@example.org Wed May 27 12:00:00 2026", "From bea@example.org Wed May 27 13:00:00 2026"], read.Take(2).Select(m => m.Separator));
        Assert.StartsWith("From MAILER-DAEMON Mon Jun  1 ", read[2].Separator, StringComparison.Ordinal);
        Assert.Equal(Encoding.UTF8.GetString(MailHost.Note("one")).ReplaceLineEndings("\n"), read[0].Mail);
        Assert.Equal(Encoding.UTF8.GetString(second).ReplaceLineEndings("\n") + "\n", read[1].Mail);
        Assert.Contains("\n>From here on\n>>From there\n", Encoding.UTF8.GetString(file), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_zip_holds_every_mail_as_it_came_by_folder_and_date()
    {
        var (user, account) = await NewAsync();
        var (inbox, nested) = (await mail.NewFolderAsync(account, "INBOX", "inbox"), await mail.NewFolderAsync(account, "../Büro/2026"));
        await mail.ExecuteAsync("UPDATE folder SET delimiter = '/' WHERE account_id = $1", account);
        byte[] large = [.. MailHost.Note("large"), .. Encoding.ASCII.GetBytes(new string('x', 300_000))];
        var ids = new[]
        {
            await mail.StoreAsync(account, MailHost.Note("one"), Noon, [], inbox, nested), await mail.StoreAsync(account, SampleMail.Full(), Noon.AddMinutes(1), [], nested),
            await mail.StoreAsync(account, large, Noon.AddMinutes(2), []),
        };
        using var zip = new ZipArchive(new MemoryStream(await user.FileAsync(account, "zip")));
        Assert.Equal(
            [$"INBOX/20260527T120000Z-{ids[0]:N}.eml", $"_/Büro/2026/20260527T120100Z-{ids[1]:N}.eml", $"_/20260527T120200Z-{ids[2]:N}.eml"], zip.Entries.Select(e => e.FullName));
        foreach (var (entry, raw) in zip.Entries.Zip(new[] { MailHost.Note("one"), SampleMail.Full(), large }))
        {
            var content = new MemoryStream();
            await using var opened = entry.Open();
            await opened.CopyToAsync(content);
            Assert.Equal(raw, content.ToArray());
        }
    }

    [Fact]
    public async Task It_is_a_task_with_a_job_that_shows_its_progress()
    {
        var (user, account) = await NewAsync(mails: 300);
        using var answer = await user.Client.PostAsJsonAsync($"/api/accounts/{account}/exports", new { format = "zip", filter = new { unread = true, tag = "x" } });
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Golden.AssertMatches("export_added", await answer.Content.ReadAsStringAsync());
        var export = await user.ExportAsync(account, "zip");
        var ready = await user.UntilExportAsync(export, "succeeded");
        var job = (await MailHost.GetAsync(user, $"/api/jobs/{ready.GetProperty("job_id").GetGuid()}")).GetProperty("job");
        Assert.Equal(("export_messages", "succeeded", 1), (job.GetProperty("kind").GetString(), job.GetProperty("state").GetString(), job.GetProperty("attempt_count").GetInt32()));
        var progress = job.GetProperty("progress");
        Assert.Equal((300, 300), (progress.GetProperty("done").GetInt64(), progress.GetProperty("total").GetInt64()));
        Assert.True(progress.GetProperty("bytes").GetInt64() > 300 * 100);
        var text = (await MailHost.GetAsync(user, $"/api/exports/{export}")).ToString();
        Golden.AssertMatches("export", text.Replace($"\"size\":{ready.GetProperty("size").GetInt64()}", "\"size\":1", StringComparison.Ordinal)
            .Replace($"\"bytes\":{progress.GetProperty("bytes").GetInt64()}", "\"bytes\":1", StringComparison.Ordinal));
        var listed = (await MailHost.GetAsync(user, $"/api/accounts/{account}/exports?limit=1")).GetProperty("exports")[0];
        Assert.Equal(ready.ToString(), listed.ToString());
        var lines = (await MailHost.GetAsync(user, $"/api/accounts/{account}/logs")).GetProperty("logs").EnumerateArray().Select(l => l.GetProperty("action").GetString()).ToList();
        Assert.Equal(2, lines.Count(action => action == "task.requested"));
        Assert.Contains("export.ready", lines);
    }

    [Fact]
    public async Task A_filter_chooses_mails_as_a_lists_does()
    {
        var (user, account) = await NewAsync();
        var sent = await mail.NewFolderAsync(account, "Sent", "sent");
        await mail.StoreAsync(account, MailHost.Note("old"), Noon, [], sent);
        await mail.StoreAsync(account, MailHost.Note("read"), Noon.AddHours(2), ["\\Seen"], sent);
        await mail.StoreAsync(account, MailHost.Note("elsewhere"), Noon.AddHours(2), []);
        await mail.StoreAsync(account, MailHost.Note("meant"), Noon.AddHours(2), [], sent);
        var file = await user.FileAsync(account, "mbox", new { folder = "sent", unread = true, after = Noon.AddHours(1) });
        Assert.Contains("Subject: meant", Assert.Single(Exports.ReadMbox(file)).Mail, StringComparison.Ordinal);
        Assert.Empty(await user.FileAsync(account, "mbox", new { folder = "nowhere" }));
        using var zip = new ZipArchive(new MemoryStream(await user.FileAsync(account, "zip", new { thread_id = "none of ours" })));
        Assert.Empty(zip.Entries);
    }

    [Fact]
    public async Task A_disconnected_account_is_exported_too()
    {
        var user = await mail.Host.SignUpAsync();
        var account = await mail.NewAccountAsync(user, connected: false);
        await mail.StoreAsync(account, MailHost.Note("left"), Noon, []);
        Assert.Single(Exports.ReadMbox(await user.FileAsync(account, "mbox")));
    }

    [Theory]
    [InlineData("mbox")]
    [InlineData("zip")]
    public async Task Any_range_is_what_the_whole_has_there(string format)
    {
        var (user, account) = await NewAsync();
        for (var i = 0; i < 40; i++)
            await mail.StoreAsync(account, [.. MailHost.Note($"m{i}"), .. MailHost.Raw($"\nFrom {i}\n{new string('y', i % 9 == 8 ? 200_000 : i)}")], Noon.AddSeconds(i), []);
        var export = await user.ExportAsync(account, format);
        await user.UntilExportAsync(export, "succeeded");
        var whole = await user.Client.GetByteArrayAsync($"/api/exports/{export}/content");
        var random = new Random(5);
        var ranges = Enumerable.Range(0, 60).Select(_ => random.Next(whole.Length)).Select(from => (from, to: Math.Min(whole.Length - 1, from + random.Next(70_000))))
            .Append((0, 0)).Append((whole.Length - 1, whole.Length - 1)).Append((whole.Length - 4_000, whole.Length - 1));
        foreach (var (from, to) in ranges) Assert.Equal(whole[from..(to + 1)], await RangeAsync(user, export, new RangeHeaderValue(from, to), whole.Length));
        Assert.Equal(whole[^22..], await RangeAsync(user, export, new RangeHeaderValue(null, 22), whole.Length));
    }

    [Fact]
    public async Task A_download_goes_on_by_its_tag_and_says_what_it_is()
    {
        var (user, account) = await NewAsync(mails: 3);
        var export = await user.ExportAsync(account, "zip");
        await user.UntilExportAsync(export, "succeeded");
        var path = $"/api/exports/{export}/content";
        using var whole = await user.Client.GetAsync(path);
        var octets = await whole.Content.ReadAsByteArrayAsync();
        Assert.Equal(("application/zip", octets.Length), (whole.Content.Headers.ContentType!.MediaType, (int)whole.Content.Headers.ContentLength!));
        Assert.Equal("attachment", whole.Content.Headers.ContentDisposition!.DispositionType);
        Assert.EndsWith(".zip", whole.Content.Headers.ContentDisposition.FileName, StringComparison.Ordinal);
        Assert.Equal(["nosniff"], whole.Headers.GetValues("X-Content-Type-Options"));
        using var again = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Range = new RangeHeaderValue(10, null), IfRange = new RangeConditionHeaderValue(whole.Headers.ETag!) } };
        using var rest = await user.Client.SendAsync(again);
        Assert.Equal(HttpStatusCode.PartialContent, rest.StatusCode);
        Assert.Equal(octets[10..], await rest.Content.ReadAsByteArrayAsync());
        using var other = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Range = new RangeHeaderValue(10, null), IfRange = new RangeConditionHeaderValue("\"other\"") } };
        using var anew = await user.Client.SendAsync(other);
        Assert.Equal((HttpStatusCode.OK, octets.Length), (anew.StatusCode, (await anew.Content.ReadAsByteArrayAsync()).Length));
        using var head = await user.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));
        Assert.Equal(octets.Length, head.Content.Headers.ContentLength);
        using var beyond = await user.Client.SendAsync(new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Range = new RangeHeaderValue(octets.Length, null) } });
        await beyond.AssertErrorAsync(HttpStatusCode.RequestedRangeNotSatisfiable, "range_not_satisfiable");
    }

    // Hard case 33.
    [Fact]
    public async Task Downloads_that_stand_still_or_are_aborted_hold_no_database_connection()
    {
        var (user, account) = await NewAsync();
        for (var i = 0; i < 30; i++) await mail.StoreAsync(account, [.. MailHost.Note($"b{i}"), .. new byte[400_000]], Noon.AddSeconds(i), []);
        var export = await user.ExportAsync(account, "mbox");
        await user.UntilExportAsync(export, "succeeded");
        var standing = new List<Stream>();
        for (var i = 0; i < 25; i++) standing.Add(await user.Client.GetStreamAsync($"/api/exports/{export}/content"));
        Assert.Equal(20, (await RangeAsync(user, export, new RangeHeaderValue(0, 19), null)).Length);
        foreach (var stream in standing) await stream.DisposeAsync();
        Assert.Equal(20, (await RangeAsync(user, export, new RangeHeaderValue(11_000_000, 11_000_019), null)).Length);
    }

    [Fact]
    public async Task Of_another_user_of_nobody_or_of_a_wrong_shape_it_is_404()
    {
        var (user, account) = await NewAsync(mails: 1);
        var export = await user.ExportAsync(account, "mbox");
        var other = await mail.Host.SignUpAsync();
        foreach (var id in new[] { export.ToString(), Guid.NewGuid().ToString(), "x" })
        {
            foreach (var path in new[] { "", "/content" })
            {
                using var read = await other.Client.GetAsync($"/api/exports/{id}{path}");
                await read.AssertErrorAsync(HttpStatusCode.NotFound, "export_not_found");
            }

            using var delete = await other.Client.DeleteAsync($"/api/exports/{id}");
            await delete.AssertErrorAsync(HttpStatusCode.NotFound, "export_not_found");
        }

        using var post = await other.Client.PostAsJsonAsync($"/api/accounts/{account}/exports", new { format = "zip" });
        await post.AssertErrorAsync(HttpStatusCode.NotFound, "account_not_found");
        using var list = await other.Client.GetAsync($"/api/accounts/{account}/exports");
        await list.AssertErrorAsync(HttpStatusCode.NotFound, "account_not_found");
    }

    [Fact]
    public async Task A_body_that_is_wrong_is_told_by_its_field()
    {
        var (user, account) = await NewAsync();
        foreach (var (body, field) in new (object, string)[]
        {
            (new { }, "format"), (new { format = "tar" }, "format"), (new { format = 3 }, "format"), (new { format = "mbox", filter = 7 }, "filter"),
            (new { format = "mbox", filter = new { direction = "up" } }, "filter.direction"), (new { format = "mbox", filter = new { unread = "yes" } }, "filter.unread"),
            (new { format = "mbox", filter = new { folder = new string('x', 5_000) } }, "filter.folder"), (new { format = "mbox", filter = new { after = "soon" } }, "filter.after"),
        })
        {
            using var answer = await user.Client.PostAsJsonAsync($"/api/accounts/{account}/exports", body);
            await answer.AssertFieldErrorAsync(field);
        }

        Assert.Equal(0L, await mail.ScalarAsync("SELECT count(*) FROM export WHERE account_id = $1", account));
    }

    [Fact]
    public async Task A_repeat_with_the_same_Idempotency_Key_is_the_same_export()
    {
        var (user, account) = await NewAsync();
        var ids = new List<Guid>();
        for (var i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/accounts/{account}/exports") { Content = JsonContent.Create(new { format = "zip" }) };
            request.Headers.Add("Idempotency-Key", "export-once");
            using var answer = await user.Client.SendAsync(request);
            ids.Add((await answer.JsonAsync()).GetProperty("data").GetProperty("export_id").GetGuid());
        }

        Assert.Equal(ids[0], ids[1]);
        Assert.Equal(1L, await mail.ScalarAsync("SELECT count(*) FROM export WHERE account_id = $1", account));
    }

    [Fact]
    public async Task More_mails_than_the_setting_says_fail_at_once_with_a_code_and_a_line_in_the_log()
    {
        var small = new MailHost { Options = new HostFixtureOptions { Settings = new Dictionary<string, string> { ["Postmill:Exports:MostMails"] = "1" } } };
        await small.InitializeAsync();
        var user = await small.Host.SignUpAsync();
        var account = await small.NewAccountAsync(user);
        for (var i = 0; i < 2; i++) await small.StoreAsync(account, MailHost.Note($"n{i}"), Noon.AddSeconds(i), []);
        var failed = await user.UntilExportAsync(await user.ExportAsync(account, "mbox"), "failed");
        Assert.Equal("export_too_large", failed.GetProperty("last_error_code").GetString());
        var line = (await MailHost.GetAsync(user, $"/api/accounts/{account}/logs?action=export.failed")).GetProperty("logs")[0];
        Assert.Equal(("failed", "export_too_large"), (line.GetProperty("outcome").GetString(), line.GetProperty("code").GetString()));
        await small.DisposeAsync();
    }

    private async Task<(SignedIn User, Guid Account)> NewAsync(int mails = 0)
    {
        var user = await mail.Host.SignUpAsync();
        var account = await mail.NewAccountAsync(user);
        for (var i = 0; i < mails; i++) await mail.StoreAsync(account, MailHost.Note($"n{i}"), Noon.AddSeconds(i), []);
        return (user, account);
    }

    private static async Task<byte[]> RangeAsync(SignedIn user, Guid export, RangeHeaderValue range, long? whole)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/exports/{export}/content") { Headers = { Range = range } };
        using var answer = await user.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        if (whole is not null) Assert.Equal(whole, answer.Content.Headers.ContentRange!.Length);
        return await answer.Content.ReadAsByteArrayAsync();
    }
}
