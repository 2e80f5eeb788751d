using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Postmill.Host.Tests.Messages.Exports;

/// <summary>What stories about exports ask and wait for.</summary>
internal static class Exports
{
    public static async Task<Guid> ExportAsync(this SignedIn user, Guid account, string format, object? filter = null)
    {
        using var answer = await user.Client.PostAsJsonAsync($"/api/accounts/{account}/exports", new { format, filter });
        var body = await answer.JsonAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, body.ToString());
        return body.GetProperty("data").GetProperty("export_id").GetGuid();
    }

    public static async Task<JsonElement> ExportAsync(this SignedIn user, Guid export) => (await MailHost.GetAsync(user, $"/api/exports/{export}")).GetProperty("export");

    public static async Task<JsonElement> UntilExportAsync(this SignedIn user, Guid export, string state)
    {
        await Eventually.TrueAsync(
            $"the export is {state}", async () => (await user.ExportAsync(export)).GetProperty("state").GetString() == state, async () => (await user.ExportAsync(export)).ToString());
        return await user.ExportAsync(export);
    }

    /// <summary>Asked for, waited for and downloaded.</summary>
    public static async Task<byte[]> FileAsync(this SignedIn user, Guid account, string format, object? filter = null)
    {
        var export = await user.ExportAsync(account, format, filter);
        var ready = await user.UntilExportAsync(export, "succeeded");
        var file = await user.Client.GetByteArrayAsync($"/api/exports/{export}/content");
        Assert.Equal(ready.GetProperty("size").GetInt64(), file.Length);
        return file;
    }

    /// <summary>A reader of mboxrd that knows nothing of the writer: separator lines, and the mails with their quoting taken away.</summary>
    public static IReadOnlyList<(string Separator, string Mail)> ReadMbox(byte[] file)
    {
        var mails = new List<(string, StringBuilder)>();
        var lines = Encoding.UTF8.GetString(file).Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("From ", StringComparison.Ordinal) && (i == 0 || lines[i - 1].Length == 0)) mails.Add((lines[i], new StringBuilder()));
            else if (i < lines.Length - 1) mails[^1].Item2.Append(lines[i].TrimStart('>').StartsWith("From ", StringComparison.Ordinal) ? lines[i][1..] : lines[i]).Append('\n');
        }

        // The empty line before the next separator belongs to no mail.
        return [.. mails.Select(mail => (mail.Item1, mail.Item2.ToString()[..^1]))];
    }
}
