using System.Text;
using System.Text.Json;
using Postmill.Domain.Messages;
using Postmill.Domain.Sending;
using Postmill.Host.Http;
using Postmill.Host.Sending;

namespace Postmill.Host.Tests.Sending;

/// <summary>What the two send routes take, and which field they blame.</summary>
public sealed class SendBodyTests
{
    [Theory]
    [InlineData("""{"to_json":[{"email":"a@b.c","name":"A"},{"email":"d@e.f"}]}""")]
    [InlineData("""{"to_json":[{"name":"A","email":" a@b.c ","more":1},"d@e.f"]}""")]
    public void Addresses_are_objects_or_plain(string json) =>
        Assert.Equal([new("A", "a@b.c"), new MailAddressValue(null, "d@e.f")], Read<SendMessage>(json).To!.Addresses);

    [Fact]
    public void One_address_may_stand_without_its_list()
    {
        Assert.Equal([new MailAddressValue(null, "a@b.c")], Read<SendMessage>("""{"to_json":"a@b.c"}""").To!.Addresses);
        Assert.Equal([new MailAddressValue("A", "a@b.c")], Read<SendMessage>("""{"to_json":{"email":"a@b.c","name":"A"}}""").To!.Addresses);
    }

    [Fact]
    public void Everything_the_page_names_reaches_the_draft()
    {
        var body = Read<SendMessage>("""
            {"from_json":{"email":"me@b.c","name":"Me"},"to_json":["a@b.c"],"cc_json":["c@b.c"],"bcc_json":["d@b.c"],"reply_to_json":["r@b.c"],"subject":"S","text_body":"T","html_body":"<p>H",
             "attachments":[{"filename":"a.txt","content_type":"text/plain","content_b64":"aGk=","disposition":"inline","content_id":"x@y"},{"filename":"b","content_b64":"aGk\n="}],
             "in_reply_to":"<p@q>","references":["<r@s>","p@q"],"headers":{"X-One":"1"},"send_at":"2026-05-01T10:00:00+02:00","idempotency_key":"k","priority":"bulk","tags":["t","t"]}
            """);
        var draft = body.ToDraft("other", [1]);
        Assert.Equal("Me", draft.From!.Name);
        Assert.Equal(["a@b.c", "c@b.c", "d@b.c"], draft.Everybody.Select(a => a.Email));
        Assert.Equal(("S", "T", "<p>H"), (draft.Subject, draft.Text, draft.Html));
        Assert.Equal(("a.txt", "text/plain", "x@y", true), (draft.Attachments[0].FileName, draft.Attachments[0].ContentType, draft.Attachments[0].ContentId, draft.Attachments[0].Inline));
        Assert.Equal(("application/octet-stream", false), (draft.Attachments[1].ContentType, draft.Attachments[1].Inline));
        Assert.All(draft.Attachments, file => Assert.Equal("hi", Encoding.ASCII.GetString(file.Content.Span)));
        Assert.Equal("p@q", draft.InReplyTo);
        Assert.Equal(["r@s", "p@q"], draft.References);
        Assert.Equal([KeyValuePair.Create("X-One", "1")], draft.Headers);
        Assert.Equal(new DateTimeOffset(2026, 5, 1, 8, 0, 0, TimeSpan.Zero), draft.SendAt);
        Assert.Equal(("k", SendLane.Bulk), (draft.IdempotencyKey, draft.Lane));
        Assert.Equal(["t"], draft.Tags);
    }

    [Fact]
    public void The_key_of_the_header_serves_a_body_without_one() => Assert.Equal("other", Read<SendMessage>("""{"to_json":"a@b.c"}""").ToDraft("other", []).IdempotencyKey);

    [Theory]
    [InlineData("{}", "to_json")]
    [InlineData("""{"to_json":[]}""", "to_json")]
    [InlineData("""{"to_json":null,"cc_json":[]}""", "to_json")]
    [InlineData("""{"to_json":[null]}""", "to_json")]
    [InlineData("""{"to_json":7}""", "to_json")]
    [InlineData("""{"to_json":[["a@b.c"]]}""", "to_json")]
    [InlineData("""{"to_json":[{"email":7}]}""", "to_json")]
    [InlineData("""{"to_json":[{"name":"A"}]}""", "to_json")]
    [InlineData("""{"to_json":"a@b.c\r\nBcc: x@y.z"}""", "to_json")]
    [InlineData("""{"to_json":{"email":"a@b.c","name":"A\r\nBcc: x@y.z"}}""", "to_json")]
    [InlineData("""{"to_json":"A <a@b.c>"}""", "to_json")]
    [InlineData("""{"bcc_json":"none"}""", "bcc_json")]
    [InlineData("""{"to_json":"a@b.c","from_json":[]}""", "from_json")]
    [InlineData("""{"to_json":"a@b.c","from_json":["a@b.c","d@e.f"]}""", "from_json")]
    [InlineData("""{"to_json":"a@b.c","reply_to_json":"none"}""", "reply_to_json")]
    [InlineData("""{"to_json":"a@b.c","subject":"a\r\nBcc: x@y.z"}""", "subject")]
    [InlineData("""{"to_json":"a@b.c","attachments":[{"filename":"a"}]}""", "attachments")]
    [InlineData("""{"to_json":"a@b.c","attachments":[null]}""", "attachments")]
    [InlineData("""{"to_json":"a@b.c","attachments":[{"filename":"a","content_b64":"!"}]}""", "attachments[0].content_b64")]
    [InlineData("""{"to_json":"a@b.c","attachments":[{"filename":"","content_b64":""}]}""", "attachments")]
    [InlineData("""{"to_json":"a@b.c","attachments":[{"filename":"a","content_b64":"","disposition":"form-data"}]}""", "attachments")]
    [InlineData("""{"to_json":"a@b.c","headers":{"X-A":1}}""", "headers.X-A")]
    [InlineData("""{"to_json":"a@b.c","headers":{"X-A":null}}""", "headers")]
    [InlineData("""{"to_json":"a@b.c","references":[null]}""", "references")]
    [InlineData("""{"to_json":"a@b.c","send_at":"tomorrow"}""", "send_at")]
    [InlineData("""{"to_json":"a@b.c","priority":"high"}""", "priority")]
    [InlineData("""{"to_json":"a@b.c","idempotency_key":""}""", "idempotency_key")]
    [InlineData("""{"to_json":"a@b.c","idempotency_key":"a b"}""", "idempotency_key")]
    [InlineData("""{"to_json":"a@b.c","tags":[""]}""", "tags")]
    public void What_an_account_cannot_send_is_refused_with_the_name_of_its_field(string json, string field) => AssertRefused<SendMessage>(json, field);

    [Theory]
    [InlineData("""{"to":"a@b.c","text":"x"}""", "from")]
    [InlineData("""{"from":{"name":"A"},"to":"a@b.c","text":"x"}""", "from")]
    [InlineData("""{"from":["a@b.c","d@e.f"],"to":"a@b.c","text":"x"}""", "from")]
    [InlineData("""{"from":"a@b.c","text":"x"}""", "to")]
    [InlineData("""{"from":"a@b.c","to":"a@b.c","text":"x","metadata":[]}""", "metadata")]
    [InlineData("""{"from":"a@b.c","to":"a@b.c","text":"x","reply_to":"x"}""", "reply_to")]
    [InlineData("""{"from":"a@b.c","to":"a@b.c","text":7}""", "text")]
    public void What_a_key_cannot_send_is_refused_with_the_name_of_its_field(string json, string field) => AssertRefused<SendByKey>(json, field);

    [Fact]
    public void A_mail_by_key_has_a_text()
    {
        var refusal = JsonBody.Parse<SendByKey>("""{"from":"a@b.c","to":"a@b.c"}"""u8).Refusal;
        Assert.Equal("give text or html", refusal?.Text);
    }

    [Fact]
    public void Too_many_of_anything_are_refused()
    {
        AssertRefused<SendByKey>(Json(new { from = "a@b.c", to = Many(101), text = "x" }), "to");
        AssertRefused<SendByKey>(Json(new { from = "a@b.c", cc = Many(51), text = "x" }), "cc");
        AssertRefused<SendByKey>(Json(new { from = "a@b.c", bcc = Many(51), text = "x" }), "bcc");
        AssertRefused<SendByKey>(Json(new { from = "a@b.c", to = "a@b.c", text = "x", subject = new string('s', 999) }), "subject");
        AssertRefused<SendByKey>(Json(new { from = "a@b.c", to = "a@b.c", text = "x", metadata = new { a = new string('m', 4_100) } }), "metadata");
        AssertRefused<SendByKey>(Json(new { from = "a@b.c", to = "a@b.c", text = "x", idempotency_key = new string('k', 129) }), "idempotency_key");
        AssertRefused<SendMessage>(Json(new { to_json = Many(1), headers = Enumerable.Range(0, 51).ToDictionary(i => $"X-{i}", _ => "v") }), "headers");
        Assert.Equal(100, Read<SendByKey>(Json(new { from = "a@b.c", to = Many(100), text = "x" })).To!.Count);
    }

    private static string[] Many(int count) => [.. Enumerable.Range(0, count).Select(i => $"r{i}@example.org")];

    private static string Json(object body) => JsonSerializer.Serialize(body);

    private static T Read<T>(string json) where T : class
    {
        var body = JsonBody.Parse<T>(Encoding.UTF8.GetBytes(json));
        Assert.True(body.Value is not null, body.Refusal?.Text);
        return body.Value;
    }

    private static void AssertRefused<T>(string json, string field) where T : class
    {
        var refusal = JsonBody.Parse<T>(Encoding.UTF8.GetBytes(json)).Refusal;
        Assert.Equal(400, refusal?.Status);
        Assert.StartsWith(field + " ", refusal!.Text, StringComparison.Ordinal);
    }
}
