using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;
using Postmill.Adapters.Postgres.Access;
using Postmill.Adapters.Secrets;
using Postmill.Grains.Accounts;
using Postmill.Host.Cluster;

namespace Postmill.Host.Secrets;

/// <summary>Data Protection, its keys in PostgreSQL so that every silo reads what any silo sealed; and the box for the secrets of mailboxes.</summary>
internal static class SecretsFace
{
    public static void AddSecrets(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddDataProtection();
        services.AddSingleton<IConfigureOptions<DataProtectionOptions>>(s =>
            new ConfigureOptions<DataProtectionOptions>(o => o.ApplicationDiscriminator = s.GetRequiredService<ClusterSettings>().Name));
        services.AddSingleton<KeyRing>();
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(s =>
            new ConfigureOptions<KeyManagementOptions>(o => o.XmlRepository = s.GetRequiredService<KeyRing>()));
        services.AddSingleton<ISecretBox, SecretBox>();
    }
}
