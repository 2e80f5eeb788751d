using System.Net;
using System.Text;
using Postmill.Host.Tests.SyncApi;

namespace Postmill.Host.Tests.Accounts;

/// <summary>Bodies of <c>POST /api/accounts</c> that are refused before any mail server is asked.</summary>
public sealed class ConnectBodyTests(TenantWorld shared) : IClassFixture<TenantWorld>
{
    public static TheoryData<string, string> BadFields()
    {
        var cases = new TheoryData<string, string>();
        foreach (var field in new[] { "email", "imap_host", "imap_port", "smtp_host", "smtp_port", "username", "password" })
        {
            cases.Add(field, "left out");
            cases.Add(field, "null");
            cases.Add(field, "true");
            cases.Add(field, "[]");
        }
        foreach (var field in new[] { "email", "imap_host", "smtp_host", "username", "password" })
        {
            cases.Add(field, "\"\"");
            cases.Add(field, "huge");
            cases.Add(field, "42");
            cases.Add(field, "\"a\\u0000b\"");
            cases.Add(field, "\"a\\ud800b\"");
        }
        foreach (var field in new[] { "email", "imap_host", "smtp_host", "username" })
        {
            cases.Add(field, "\"  \"");
            cases.Add(field, "\"a\\r\\nb@example.org\"");
        }
        foreach (var field in new[] { "imap_port", "smtp_port" })
            foreach (var value in new[] { "0", "-1", "65536", "1e99", "993.5", "\"993\"", "99999999999999999999" }) cases.Add(field, value);
        foreach (var value in new[] { "\"@\"", "\"a@\"", "\"@b\"", "\"no address\"", "\"a b@example.org\"", "\"<a@example.org>\"" }) cases.Add("email", value);
        foreach (var value in new[] { "\"imap.example.org/x\"", "\"imaps://imap.example.org\"", "\"imap example org\"", "\"imap.example.org:993\"" }) cases.Add("imap_host", value);
        foreach (var field in new[] { "tls", "imap_tls", "smtp_tls" })
            foreach (var value in new[] { "\"ssl\"", "\"NONE\"", "7" }) cases.Add(field, value);
        cases.Add("name", "huge");
        cases.Add("name", "\"a\\nb\"");
        cases.Add("name", "7");
        return cases;
    }

    [Theory]
    [MemberData(nameof(BadFields))]
    public async Task A_bad_field_is_400_and_is_named(string field, string value)
    {
        var tenant = await shared.NewTenantAsync();
        await using var gate = MailGate.Open(shared.World.Dovecot.ImapsPort);
        using var answer = await PostAsync(tenant, BodyWith(tenant, gate, field, value));
        await answer.AssertFieldErrorAsync(field);
        Assert.Equal(0, gate.Accepted);
    }

    [Fact]
    public async Task Every_bad_field_is_named_in_one_answer()
    {
        var tenant = await shared.NewTenantAsync();
        using var answer = await PostAsync(tenant, "{}");
        var fields = (await answer.AssertErrorAsync(HttpStatusCode.BadRequest, "validation_failed")).GetProperty("details").GetProperty("fieldErrors");
        Assert.Equal(
            ["email", "imap_host", "imap_port", "password", "smtp_host", "smtp_port", "username"],
            fields.EnumerateObject().Select(f => f.Name).Order(StringComparer.Ordinal));
        Assert.Equal(0, await tenant.RowsAsync());
    }

    [Theory]
    [InlineData("", "validation_failed")]
    [InlineData("nonsense", "malformed_json")]
    [InlineData("{\"email\":", "malformed_json")]
    [InlineData("[]", "malformed_json")]
    [InlineData("null", "malformed_json")]
    [InlineData("\"text\"", "malformed_json")]
    [InlineData("{\"email\":\"a@b\",\"email\":\"c@d\"}", null)]
    public async Task A_body_that_is_no_JSON_object_is_400(string body, string? code)
    {
        var tenant = await shared.NewTenantAsync();
        using var answer = await PostAsync(tenant, body);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        if (code is not null) await answer.AssertErrorAsync(HttpStatusCode.BadRequest, code);
        Assert.Equal(0, await tenant.RowsAsync());
    }

    [Fact]
    public async Task A_body_that_is_not_sent_as_JSON_is_415_and_one_that_is_too_large_413()
    {
        var tenant = await shared.NewTenantAsync();
        using var form = new StringContent("email=a", Encoding.UTF8, "application/x-www-form-urlencoded");
        using var notJson = await tenant.Client.PostAsync("/api/accounts", form);
        await notJson.AssertErrorAsync(HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
        using var tooLarge = await PostAsync(tenant, $$"""{"email":"{{new string('a', 1_100_000)}}"}""");
        await tooLarge.AssertErrorAsync(HttpStatusCode.RequestEntityTooLarge, "too_large");
    }

    [Fact]
    public async Task Unknown_fields_are_ignored()
    {
        var tenant = await shared.NewTenantAsync();
        await tenant.ConnectAsync(("colour", "blue"), ("id", Guid.NewGuid()), ("is_default", false));
        Assert.True((await tenant.AccountsAsync())[0].GetProperty("is_default").GetBoolean());
    }

    [Theory]
    [InlineData("pass\r\nword")]
    [InlineData("\"quoted\\\"")]
    [InlineData("пароль 密码 🔑")]
    [InlineData("tab\there")]
    public async Task Any_characters_in_a_password_reach_the_servers_or_are_refused_but_break_nothing(string password)
    {
        var tenant = await shared.NewTenantAsync();
        shared.World.Dovecot.AddUser(tenant.Mailbox, password);
        using var answer = await tenant.PostAccountAsync(tenant.Body(("password", password)));
        var dovecotTakesIt = !password.Any(char.IsControl);
        if (dovecotTakesIt) Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        else await answer.AssertErrorAsync(HttpStatusCode.BadRequest, "imap_verification_failed");
        Assert.DoesNotContain(shared.Host.Logs.Lines, line => line.Contains(password, StringComparison.Ordinal));
    }

    private static string BodyWith(Tenant tenant, MailGate gate, string field, string value)
    {
        var body = tenant.Body(("imap_port", gate.Port), (field, value == "left out" ? Tenant.Left : "<value>"));
        if (value == "huge") value = $"\"{new string('a', 100_000)}\"";
        return System.Text.Json.JsonSerializer.Serialize(body).Replace("\"\\u003Cvalue\\u003E\"", value, StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> PostAsync(Tenant tenant, string body) =>
        tenant.Client.PostAsync("/api/accounts", new StringContent(body, Encoding.UTF8, "application/json"));
}
