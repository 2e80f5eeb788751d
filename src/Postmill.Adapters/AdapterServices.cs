using Microsoft.Extensions.DependencyInjection;
using Postmill.Adapters.Mail;
using Postmill.Adapters.Postgres;
using Postmill.Adapters.Postgres.Accounts;
using Postmill.Adapters.Postgres.Acts;
using Postmill.Adapters.Postgres.Messages;
using Postmill.Adapters.Postgres.Sending;
using Postmill.Adapters.Postgres.Sync;
using Postmill.Grains.Accounts;
using Postmill.Grains.Acts;
using Postmill.Grains.Sending;
using Postmill.Grains.Sync;

namespace Postmill.Adapters;

/// <summary>Puts technologies behind the ports of the account grains.</summary>
public static class AdapterServices
{
    public static IServiceCollection AddAccountAdapters(this IServiceCollection services) => services
        .AddSingleton<Fence>()
        .AddSingleton<IAccountStore, AccountStore>()
        .AddSingleton<IAccountBook, AccountBook>()
        .AddSingleton<IDueAccounts, DueAccounts>()
        .AddSingleton<ISyncStore, SyncStore>()
        .AddSingleton<IActStore, ActStore>()
        .AddSingleton<MessageWriter>()
        .AddSingleton<AccountQueries>()
        .AddSingleton<ImapMailboxes>()
        .AddSingleton<IMailboxes>(provider => provider.GetRequiredService<ImapMailboxes>())
        .AddSingleton<IMailVerifier, MailVerifier>()
        .AddSingleton<ISmtpServers, SmtpServers>()
        .AddSingleton<DraftComposer>()
        .AddSingleton<IOutbox, OutboxStore>()
        .AddSingleton<IOutgoingBook, OutgoingBook>();
}
