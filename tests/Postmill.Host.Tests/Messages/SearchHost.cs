using System.Net.Http.Json;
using System.Text.Json;

namespace Postmill.Host.Tests.Messages;

/// <summary>Asking for mail by words.</summary>
internal static class SearchHost
{
    public static async Task<JsonElement> SearchAsync(this SignedIn user, Guid account, object body)
    {
        using var answer = await user.Client.PostAsJsonAsync($"/api/accounts/{account}/emails/search", body);
        Assert.True(answer.IsSuccessStatusCode, $"{JsonSerializer.Serialize(body)}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        return await answer.JsonAsync();
    }

    /// <summary>Message-IDs without their domain, in the order of the answer.</summary>
    public static string Ids(this JsonElement found) =>
        string.Join(' ', found.GetProperty("emails").EnumerateArray().Select(email => email.GetProperty("message_id").GetString()!.Split('@')[0]));

    /// <summary>A mail of plain text; its id is the local part of its Message-ID.</summary>
    public static byte[] Mail(string id, string subject, string text, string from = "Ann <ann@example.org>", string to = "me@example.net", string header = "", string more = "") =>
        MailHost.Raw($"From: {from}\nTo: {to}\nSubject: {subject}\nMessage-ID: <{id}@example.org>\n{header}MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
            + $"--b\nContent-Type: text/plain; charset=utf-8\n\n{text}\n{more}--b--\n");

    public static string File(string name) => $"--b\nContent-Type: application/pdf\nContent-Disposition: attachment; filename=\"{name}\"\n\nPDF\n";
}
