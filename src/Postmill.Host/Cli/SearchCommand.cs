using System.CommandLine;
using Postmill.Client;

namespace Postmill.Host.Cli;

/// <summary><c>postmill search</c>.</summary>
internal static class SearchCommand
{
    public static Command Create(ServiceOptions service)
    {
        var words = new Argument<string[]>("words") { Description = "Words, \"phrases\", begin*, fields like from:ann or folder:Archive. What begins with - stands behind --.", Arity = ArgumentArity.OneOrMore };
        var named = new Option<string?>("--account") { Description = "Its id or address. Default: the default account." };
        var newest = new Option<bool>("--newest") { Description = "Newest first instead of best first." };
        var limit = EmailsCommand.Limit();
        var search = service.AddTo(new Command("search", $"Look for mail in all folders of an account.\n{ServiceOptions.Codes}") { words, named, newest, limit });
        service.Run(search, async (session, line, cancellationToken) =>
        {
            var account = await session.AccountAsync(line.GetValue(named), cancellationToken);
            var asked = new EmailSearch { Query = string.Join(' ', line.GetRequiredValue(words)), Sort = line.GetValue(newest) ? "newest" : null };
            var most = line.GetValue(limit);
            await EmailsCommand.WriteAsync(session, session.Client.Emails.SearchAsync(account, asked, Math.Min(most, 100), cancellationToken).Take(most));
            return ExitCodes.Done;
        });
        return search;
    }
}
