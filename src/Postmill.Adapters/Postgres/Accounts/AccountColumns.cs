using Npgsql;
using NpgsqlTypes;
using Postmill.Domain.Sending;
using Postmill.Grains.Accounts;

namespace Postmill.Adapters.Postgres.Accounts;

/// <summary>Between the connection columns of an account row and <see cref="AccountSettings"/>.</summary>
internal static class AccountColumns
{
    public const string Settings = "id, email, imap_host, imap_port, imap_tls, smtp_host, smtp_port, smtp_tls, username, secret";

    public static AccountSettings ReadSettings(NpgsqlDataReader row, ISecretBox secrets) =>
        ReadServers(row) with { Password = secrets.Open(row.GetFieldValue<byte[]>(9)) };

    /// <summary>With an empty password: the secret is left closed.</summary>
    public static AccountSettings ReadServers(NpgsqlDataReader row) => new(
        row.GetGuid(0),
        row.GetString(1),
        new ServerAddress(row.GetString(2), row.GetInt32(3), Tls(row.GetString(4))),
        new ServerAddress(row.GetString(5), row.GetInt32(6), Tls(row.GetString(7))),
        row.GetString(8),
        Password: "");

    public static string Word(ServerTls tls) => tls switch
    {
        ServerTls.Implicit => "implicit",
        ServerTls.StartTls => "starttls",
        ServerTls.None => "none",
        _ => throw new ArgumentOutOfRangeException(nameof(tls), tls, null),
    };

    /// <summary>As the column <c>sending_limits</c> has them.</summary>
    public static object Limits(AccountLimits limits) => limits == AccountLimits.None
        ? Sql.Null(NpgsqlDbType.Array | NpgsqlDbType.Integer)
        : new NpgsqlParameter { Value = new[] { limits.PerSecond, limits.PerMinute, limits.PerHour, limits.PerDay }, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer };

    public static AccountLimits Limits(NpgsqlDataReader row, int column)
    {
        if (row.IsDBNull(column)) return AccountLimits.None;
        var limits = row.GetFieldValue<int?[]>(column);
        return new AccountLimits(limits[0], limits[1], limits[2], limits[3]);
    }

    private static ServerTls Tls(string word) => word switch
    {
        "implicit" => ServerTls.Implicit,
        "starttls" => ServerTls.StartTls,
        "none" => ServerTls.None,
        _ => throw new InvalidOperationException($"Unknown TLS word '{word}' in the account table."),
    };
}
