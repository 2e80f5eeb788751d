using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Chaos.Tests.Sending;

/// <summary>Who hands mails in: at any silo, and again at another one when a silo was killed under the request.</summary>
internal sealed class SendingUser : IDisposable
{
    private readonly HttpClient _client = new();

    public static async Task<SendingUser> SignUpAsync(Silo silo)
    {
        var user = new SendingUser();
        using var answer = await user._client.PostAsJsonAsync(new Uri(silo.Http, "/api/auth/sign-up"), new { email = "sender@example.org", password = "correct horse battery" });
        user._client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await JsonAsync(answer, HttpStatusCode.Created)).GetProperty("token").GetString());
        return user;
    }

    public async Task<Guid> ConnectAsync(Silo silo, int imapPort, int smtpPort, string address)
    {
        using var answer = await _client.PostAsJsonAsync(new Uri(silo.Http, "/api/accounts"), new
        {
            email = address,
            imap_host = "127.0.0.1",
            imap_port = imapPort,
            smtp_host = "127.0.0.1",
            smtp_port = smtpPort,
            username = address,
            password = Mailbox.Password,
            tls = "none",
        });
        return (await JsonAsync(answer, HttpStatusCode.Created)).GetProperty("account").GetProperty("id").GetGuid();
    }

    /// <summary>Hands a mail in until somebody says that it is stored; its key makes it one mail however often it was asked for.</summary>
    public async Task HandInAsync(IReadOnlyList<Silo> silos, Guid account, string key, IReadOnlyList<string> recipients)
    {
        await Eventually.TrueAsync($"mail {key} is handed in", async () =>
        {
            var open = silos.Where(silo => silo.IsOpen).ToList();
            if (open.Count == 0) return false;
            try
            {
                using var answer = await _client.PostAsJsonAsync(new Uri(open[Random.Shared.Next(open.Count)].Http, $"/api/accounts/{account}/smtp/messages"), new
                {
                    to_json = recipients.Select(email => new { email }),
                    subject = $"Mail {key}",
                    text_body = $"This is mail {key}.\r\n.\r\n",
                    idempotency_key = key,
                });
                if ((int)answer.StatusCode >= 500) return false;
                await JsonAsync(answer, HttpStatusCode.Accepted);
                return true;
            }
            catch (Exception lost) when (lost is HttpRequestException or TaskCanceledException)
            {
                return false;
            }
        }, within: ChaosLimits.Patience);
    }

    public void Dispose() => _client.Dispose();

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage answer, HttpStatusCode expected)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == expected, $"{answer.RequestMessage?.RequestUri}: {(int)answer.StatusCode} {text}");
        return JsonElement.Parse(text);
    }
}
