using Microsoft.Extensions.DependencyInjection;

namespace Postmill.Adapters.Postgres.Messages.Reading;

public static class MessageReading
{
    /// <summary>Queries over stored mail on the registered <see cref="Npgsql.NpgsqlDataSource"/>.</summary>
    public static IServiceCollection AddMessageReading(this IServiceCollection services) => services
        .AddSingleton<EmailQueries>()
        .AddSingleton<SearchQueries>()
        .AddSingleton<SnippetTexts>()
        .AddSingleton<FolderQueries>()
        .AddSingleton<ThreadQueries>()
        .AddSingleton<PartQueries>()
        .AddSingleton<ContentStore>()
        .AddSingleton<BodyReader>();
}
