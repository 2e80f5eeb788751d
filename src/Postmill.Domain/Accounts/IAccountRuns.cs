using Postmill.Domain.Sync;

namespace Postmill.Domain.Accounts;

/// <summary>What an account's own worker tells its grain. Nobody else calls it.</summary>
[Alias("account.runs")]
public interface IAccountRuns : IGrainWithStringKey
{
    [OneWay, Alias("RunEnded")]
    Task RunEnded(RunReport report);
}
