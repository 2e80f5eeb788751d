using System.Globalization;
using System.Text;
using Postmill.Host.Settings;

namespace Postmill.Host.Start;

/// <summary>What <c>postmill --help</c> prints.</summary>
internal static class Help
{
    private const string Head = """
        Usage: postmill [--urls http://127.0.0.1:8080] [--Postmill:Section:Name=value ...]
               postmill cluster status [--json]
               postmill login | logout | accounts | sync | emails | search | export | tail [--url http://127.0.0.1:8080] [--json]

        Keeps mailboxes in sync, sends through them, and tells subscribers what happens. Docs are served at /docs.
        cluster takes the same settings as the host; the other commands ask a service, here or elsewhere. postmill <command> --help describes each.

        Settings come from appsettings.json, from the environment (ConnectionStrings__Postgres, Postmill__Section__Name)
        and from the command line (--Postmill:Section:Name=value); the later wins.

          ConnectionStrings:Postgres
              Npgsql connection string. Without it Postmill starts a private PostgreSQL in Postmill:Data:Directory.

        """;

    public static string Text(IEnumerable<Setting> settings)
    {
        var text = new StringBuilder(Head).Append('\n');
        foreach (var setting in settings)
        {
            var standard = setting.Default.Length == 0 ? "empty" : setting.Default;
            text.Append(CultureInfo.InvariantCulture, $"  {setting.Name}\n      {setting.Description}\n      Default: {standard}. Allowed: {setting.Allowed}.\n\n");
        }
        return text.ToString();
    }
}
