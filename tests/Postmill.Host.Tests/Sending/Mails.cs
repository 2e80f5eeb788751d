using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Postmill.Host.Tests.Accounts;
using Postmill.Host.Tests.Jobs;
using Postmill.Mail.Mime;
using Postmill.Testing.Servers;

namespace Postmill.Host.Tests.Sending;

/// <summary>What stories about sending do: hand in, wait, and look at what the server got.</summary>
internal static class Mails
{
    public static Task<HttpResponseMessage> PostMailAsync(this Tenant tenant, Guid account, object body) =>
        tenant.Client.PostAsJsonAsync($"/api/accounts/{account}/smtp/messages", body);

    /// <summary>Hands a mail in; gives <c>data</c> of the 202.</summary>
    public static async Task<JsonElement> HandInAsync(this Tenant tenant, Guid account, object body)
    {
        using var answer = await tenant.PostMailAsync(account, body);
        var json = await answer.JsonAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, json.ToString());
        return json.GetProperty("data");
    }

    public static Task<JsonElement> UntilSentAsync(this Tenant tenant, JsonElement data) => tenant.UntilJobAsync(data.JobId(), "succeeded");

    public static string MessageId(this JsonElement answer) => answer.GetProperty("message_id").GetString()!;

    /// <summary>What the server behind the submission service accepted of this Message-ID; mails of others lie there too.</summary>
    public static IReadOnlyList<SinkMail> Of(this SmtpSink sink, string messageId)
    {
        var field = Encoding.ASCII.GetBytes($"Message-ID: <{messageId}>");
        return [.. sink.Accepted.Where(mail => mail.Raw.AsSpan().IndexOf(field) >= 0)];
    }

    public static MimeMessage Read(this SinkMail mail) => MimeMessage.Parse(mail.Raw);

    /// <summary>Ids masked that the golden file cannot know.</summary>
    public static void AssertGolden(string name, string json, string messageId) =>
        Golden.AssertMatches(name, json.Replace(messageId, "made@example.org", StringComparison.Ordinal));
}
