using System.CommandLine;
using System.Globalization;
using Postmill.Domain;

namespace Postmill.Host.Cli;

/// <summary><c>postmill sync</c>.</summary>
internal static class SyncCommand
{
    public static Command Create(ServiceOptions service)
    {
        var named = new Argument<string?>("account") { Description = "Its id or address. Default: the default account.", Arity = ArgumentArity.ZeroOrOne };
        var sync = service.AddTo(new Command("sync", $"Sync an account now; at most once in 30 seconds, else the previous result is shown as queued.\n{ServiceOptions.Codes}") { named });
        service.Run(sync, async (session, line, cancellationToken) =>
        {
            var account = line.GetValue(named) is { } given ? await session.AccountAsync(given, cancellationToken) : null;
            var done = await session.Client.Sync.NowAsync(account, cancellationToken);
            if (session.Json) await session.WriteJsonAsync(done);
            else await session.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"{done.Status}: {done.NewMessages} new, {(done.SyncedAt is { } at ? "last synced " + WireTime.Format(at) : "not synced yet")}"));
            return ExitCodes.Done;
        });
        return sync;
    }
}
