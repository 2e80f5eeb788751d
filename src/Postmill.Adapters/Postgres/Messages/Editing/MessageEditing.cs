using Microsoft.Extensions.DependencyInjection;

namespace Postmill.Adapters.Postgres.Messages.Editing;

public static class MessageEditing
{
    /// <summary>The user's own writes to stored mail, on the registered <see cref="Npgsql.NpgsqlDataSource"/>.</summary>
    public static IServiceCollection AddMessageEditing(this IServiceCollection services) => services
        .AddSingleton<EmailEditor>()
        .AddSingleton<EmailEraser>()
        .AddSingleton<RecordWriter>();
}
