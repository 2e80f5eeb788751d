using Microsoft.Extensions.DependencyInjection.Extensions;
using Postmill.Adapters;
using Postmill.Adapters.Mail;
using Postmill.Grains;
using Postmill.Grains.Accounts;
using Postmill.Host.Settings;

namespace Postmill.Host.Accounts;

/// <summary>Connected mailboxes: their grains, what these stand on, and the routes of the accounts page (S1).</summary>
internal static class AccountsFace
{
    public static void AddAccounts(this WebApplicationBuilder builder)
    {
        builder.AddSettings<AccountOptions>("Accounts");
        var mail = builder.AddSettings<MailOptions>("Mail");
        if (mail.TrustedCertificates.Length > 0 && !File.Exists(mail.TrustedCertificates))
            builder.RefuseSetting("Mail", nameof(MailOptions.TrustedCertificates), mail.TrustedCertificates, "the path of a PEM file that exists");
        builder.Services.TryAddSingleton(_ => Random.Shared);
        builder.Services.AddAccountAdapters();
        builder.Services.AddAccountGrains();
    }

    public static void MapAccounts(this WebApplication app)
    {
        app.MapAccountList();
        app.MapAccountCredentials();
    }
}
