using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Postmill.Adapters.Mail;
using Postmill.Adapters.Postgres.Messages;
using Postmill.Domain.Messages;

namespace Postmill.Host.Tests.Messages;

/// <summary>A host whose database is filled by the product's own reader and COPY, without a mail server.</summary>
public sealed class MailHost : IAsyncLifetime
{
    public static readonly DateTimeOffset Noon = new(2026, 5, 27, 12, 0, 0, TimeSpan.Zero);

    public HostFixture Host { get; private set; } = null!;

    public NpgsqlDataSource Database => Host.Services.GetRequiredService<NpgsqlDataSource>();

    public HostFixtureOptions? Options { get; init; }

    public async Task InitializeAsync() => Host = await HostFixture.StartAsync(Options);

    public async Task DisposeAsync() => await Host.DisposeAsync();

    public async Task<Guid> NewAccountAsync(SignedIn user, bool connected = true)
    {
        var id = Guid.NewGuid();
        await ExecuteAsync("""
            INSERT INTO account (id, user_id, email, email_key, imap_host, imap_port, imap_tls, smtp_host, smtp_port, smtp_tls, username, is_default, connected, created_at, connected_at)
            VALUES ($1, $2, $3, $3, 'h', 993, 'implicit', 'h', 465, 'implicit', 'u', false, $4, now(), now())
            """, id, user.UserId, $"{id:N}@example.org", connected);
        return id;
    }

    public async Task<long> NewFolderAsync(Guid account, string name, string? specialUse = null) => (long)(await ScalarAsync(
        "INSERT INTO folder (account_id, wire_name, name, special_use, selectable, uid_validity) VALUES ($1, $2, $2, $3, true, 1) RETURNING id",
        account, name, (object?)specialUse ?? DBNull.Value))!;

    /// <summary>Stores a mail and puts it into folders.</summary>
    public async Task<Guid> StoreAsync(Guid account, byte[] raw, DateTimeOffset receivedAt, string[] flags, params long[] folders)
    {
        var id = Guid.CreateVersion7(receivedAt);
        var mail = IncomingMailReader.Read(1, flags, receivedAt, raw);
        await using (var connection = await Database.OpenConnectionAsync())
            await new MessageCopy(connection, account, receivedAt).WriteAsync([new NewMessage(id, mail, MessageDirection.Inbound, receivedAt)], CancellationToken.None);
        foreach (var folder in folders) await PlaceAsync(id, folder, flags);
        return id;
    }

    public Task PlaceAsync(Guid email, long folder, params string[] flags) => ExecuteAsync(
        "INSERT INTO location (folder_id, uid_validity, uid, message_id, flags) SELECT $1, 1, count(*) + 1, $2, $3 FROM location WHERE folder_id = $1", folder, email, flags);

    public Task<int> ExecuteAsync(string sql, params object[] values)
    {
        var command = Command(sql, values);
        return command.ExecuteNonQueryAsync();
    }

    public async Task<object?> ScalarAsync(string sql, params object[] values)
    {
        await using var command = Command(sql, values);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>A mail of one line of text; its subject tells it from others.</summary>
    public static byte[] Note(string subject) => Raw(
        $"From: Ann <ann@example.org>\nTo: me@example.net\nSubject: {subject}\nMessage-ID: <{subject}@example.org>\nDate: Wed, 27 May 2026 10:15:00 +0000\n\nText of {subject}.\n");

    public static byte[] Raw(string text) => Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n"));

    public static async Task<JsonElement> GetAsync(SignedIn user, string path)
    {
        using var answer = await user.Client.GetAsync(path);
        Assert.True(answer.IsSuccessStatusCode, $"GET {path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        return await answer.JsonAsync();
    }

    private NpgsqlCommand Command(string sql, object[] values)
    {
        var command = Database.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value is DateTimeOffset at ? at.UtcDateTime : value });
        return command;
    }
}
