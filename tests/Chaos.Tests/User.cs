using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Chaos.Tests;

/// <summary>A user of the cluster, signed in at any silo: sessions and keys are the database's.</summary>
internal sealed class User(Guid id, string token, string key)
{
    public Guid Id { get; } = id;

    /// <summary>API key with the scope <c>read</c>, for sockets.</summary>
    public string Key { get; } = key;

    public static async Task<User> SignUpAsync(Silo silo, string email)
    {
        using var client = new HttpClient { BaseAddress = silo.Http };
        var signedUp = await SentAsync(client.PostAsJsonAsync("/api/auth/sign-up", new { email, password = "correct horse battery" }));
        var token = signedUp.GetProperty("token").GetString()!;
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var made = await SentAsync(client.PostAsJsonAsync("/api/v1/keys", new { name = "chaos", scopes = new[] { "read" } }));
        return new User(signedUp.GetProperty("user").GetProperty("id").GetGuid(), token, made.GetProperty("key").GetProperty("key").GetString()!);
    }

    public async Task ConnectAsync(Silo silo, DovecotServer dovecot, Mailbox mailbox)
    {
        using var client = new HttpClient { BaseAddress = silo.Http };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var connected = await SentAsync(client.PostAsJsonAsync("/api/accounts", new
        {
            email = mailbox.Address,
            imap_host = "127.0.0.1",
            imap_port = dovecot.ImapPort,
            smtp_host = "127.0.0.1",
            smtp_port = dovecot.SubmissionPort,
            username = mailbox.Address,
            password = Mailbox.Password,
            tls = "none",
        }));
        mailbox.Account = connected.GetProperty("account").GetProperty("id").GetGuid();
    }

    private static async Task<JsonElement> SentAsync(Task<HttpResponseMessage> sending)
    {
        using var answer = await sending;
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{answer.RequestMessage?.RequestUri}: {(int)answer.StatusCode} {text}");
        return JsonElement.Parse(text);
    }
}
