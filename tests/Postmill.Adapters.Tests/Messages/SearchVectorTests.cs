using Npgsql;
using NpgsqlTypes;
using Postmill.Adapters.Postgres.Messages;
using Postmill.Testing.Servers;

namespace Postmill.Adapters.Tests.Messages;

/// <summary>What we send as a tsvector is one for PostgreSQL.</summary>
public sealed class SearchVectorTests
{
    [Fact]
    public async Task PostgreSQL_reads_words_positions_and_weights()
    {
        await using var database = await TableAsync();
        await StoreAsync(database, new SearchVector().Of("Re: Lunch tomorrow?", [new(null, "ada@sender.example")], [new("Bob", "bob@x.example")], "There is a new place near the mill. Lunch at noon?"));
        Assert.True(await IsAsync(database, "words @@ 'mill'"));
        Assert.True(await IsAsync(database, "words @@ 'new <-> place'"));
        Assert.False(await IsAsync(database, "words @@ 'place <-> new'"));
        Assert.False(await IsAsync(database, "words @@ 'tomorrow <-> ada'"), "no phrase reaches from one field into the next");
        Assert.True(await IsAsync(database, "words @@ 'lunch:A'"));
        Assert.False(await IsAsync(database, "words @@ 'noon:A'"));
        Assert.True(await IsAsync(database, "words @@ 'tomo:*'"));
        Assert.True(await IsAsync(database, "words @@ '''ada@sender.example'':B & (ada:B <-> sender <-> example)'"), "an address stands whole beside its words");
        Assert.False(await IsAsync(database, "words @@ '''ada@sender.example'':ACD | bob:ABD'"));
        Assert.True(await IsAsync(database, "words @@ 'bob:C'"));
        Assert.True(await IsAsync(database, "words = words::text::tsvector"), "sorted as PostgreSQL sorts");
    }

    [Fact]
    public async Task One_instance_serves_mail_after_mail_without_mixing_them()
    {
        await using var database = await TableAsync();
        var vector = new SearchVector();
        _ = vector.Of("first", [], [], "alpha beta");
        await StoreAsync(database, vector.Of("second", [], [], "gamma 東京都 Grüße"));
        Assert.Equal("'gamma':3 'grusse':6 'second':1A '京都':5 '東京':4", await TextAsync(database));
    }

    [Fact]
    public async Task A_text_of_any_size_stays_within_what_a_tsvector_holds()
    {
        await using var database = await TableAsync();
        var many = string.Join(' ', Enumerable.Range(0, 200_000).Select(n => $"word{n} again"));
        await StoreAsync(database, new SearchVector().Of(many, [], [], many));
        Assert.True(await IsAsync(database, "words @@ 'word7 <-> again'"));
    }

    [Fact]
    public async Task A_mail_without_a_word_is_an_empty_vector()
    {
        await using var database = await TableAsync();
        await StoreAsync(database, new SearchVector().Of("...", [new(null, "")], [], "\r\n"));
        Assert.Equal("", await TextAsync(database));
    }

    private static async Task<NpgsqlDataSource> TableAsync()
    {
        var server = await PostgresServer.SharedAsync();
        var database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(await server.CreateDatabaseAsync()) { Pooling = false });
        await using var create = database.CreateCommand("CREATE TABLE t (words tsvector NOT NULL)");
        await create.ExecuteNonQueryAsync();
        return database;
    }

    private static async Task StoreAsync(NpgsqlDataSource database, ReadOnlyMemory<byte> vector)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var copy = await connection.BeginBinaryImportAsync("COPY t (words) FROM STDIN (FORMAT BINARY)");
        await copy.StartRowAsync();
        await copy.WriteAsync(vector, NpgsqlDbType.Bytea);
        await copy.CompleteAsync();
    }

    private static async Task<bool> IsAsync(NpgsqlDataSource database, string condition)
    {
        await using var select = database.CreateCommand($"SELECT bool_and({condition}) FROM t");
        return (bool)(await select.ExecuteScalarAsync())!;
    }

    private static async Task<string> TextAsync(NpgsqlDataSource database)
    {
        await using var select = database.CreateCommand("SELECT words::text FROM t");
        return (string)(await select.ExecuteScalarAsync())!;
    }
}
