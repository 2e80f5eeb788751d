using System.CommandLine;
using System.Net;
using Postmill.Client;
using Postmill.Domain;

namespace Postmill.Host.Cli;

/// <summary><c>postmill login</c> and <c>postmill logout</c>.</summary>
internal static class LoginCommand
{
    public static Command Create(ServiceOptions service)
    {
        var email = new Option<string?>("--email") { Description = "Who you are there. Asked for when left out." };
        var stdin = new Option<bool>("--password-stdin") { Description = "The password is the first line of the standard input. Otherwise it is asked for, without echo." };
        var login = service.AddTo(new Command("login", $"Sign in; the session is kept in $XDG_CONFIG_HOME/postmill/session.json for you alone.\n{ServiceOptions.Codes}") { email, stdin });
        service.Run(login, async (session, line, cancellationToken) =>
        {
            var terminal = session.Terminal;
            var who = line.GetValue(email) ?? await SecretInput.AskAsync(terminal, "Email:", "--email", secret: false, cancellationToken);
            var password = await SecretInput.ReadAsync(terminal, "Password:", line.GetValue(stdin), cancellationToken);
            var opened = await session.Client.SignInAsync(who, password, cancellationToken);
            session.File.Write(new SavedSession(session.Url.ToString(), opened.User.Email, opened.Token, opened.ExpiresAt));
            if (session.Json) await session.WriteJsonAsync(opened.User);
            else await session.WriteLineAsync($"signed in at {session.Url} as {opened.User.Email} ({opened.User.Role}) until {WireTime.Format(opened.ExpiresAt)}");
            return ExitCodes.Done;
        });
        return login;
    }

    public static Command CreateLogout(ServiceOptions service, Terminal terminal)
    {
        var logout = service.AddTo(new Command("logout", $"Close the session and forget it.\n{ServiceOptions.Codes}"));
        service.Run(logout, async (session, _, cancellationToken) =>
        {
            try
            {
                await session.Client.SignOutAsync(cancellationToken);
            }
            catch (PostmillException e) when (e.Status == HttpStatusCode.Unauthorized)
            {
                await terminal.Error.WriteLineAsync("postmill: there was no open session");
            }
            if (session.File.Read() is { } saved && saved.Url == session.Url.ToString()) session.File.Delete();
            return ExitCodes.Done;
        });
        return logout;
    }
}
