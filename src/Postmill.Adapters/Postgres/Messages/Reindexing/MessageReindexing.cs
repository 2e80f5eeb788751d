using Microsoft.Extensions.DependencyInjection;

namespace Postmill.Adapters.Postgres.Messages.Reindexing;

public static class MessageReindexing
{
    /// <summary>Words for search of mail that an older release stored, by the registered <see cref="ReindexOptions"/>. One silo with it is enough.</summary>
    public static IServiceCollection AddMessageReindexing(this IServiceCollection services) => services.AddSingleton<SearchReindex>().AddHostedService<SearchReindexer>();
}
