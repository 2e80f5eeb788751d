using Postmill.Domain.Sending;
using Postmill.Grains.Sending;

namespace Postmill.Grains.Tests.Sending;

/// <summary>An account has limits of its own, and they change while it sends.</summary>
public sealed class AccountLimitsTests : OutboxScenario
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(0, 5, 5)]
    [InlineData(3, 5, 3)]
    [InlineData(5, 3, 3)]
    [InlineData(5, null, 5)]
    public void Of_the_installations_and_its_own_the_smaller_holds(int installation, int? own, int holds) =>
        Assert.Equal([new PaceLimit(Minute, holds)], new SendOptions { PerMinute = installation }.Limits(AccountLimits.None with { PerMinute = own }));

    [Fact]
    public async Task A_limit_that_is_set_while_mail_goes_out_holds_from_the_next_mail_and_one_that_is_raised_lets_more_go()
    {
        var (inside, gate) = (0, new TaskCompletionSource());
        Server.Answers = async (mail, _) =>
        {
            if (Interlocked.Increment(ref inside) == 3) await gate.Task;
            return ScriptedSmtp.Accepts(mail);
        };
        for (var n = 0; n < 30; n++) Outbox.Add($"r{n}@example.org");
        var worker = Start(new SendOptions { Connections = 1 });
        await PassUntilAsync("the third is under way", TimeSpan.Zero, () => Volatile.Read(ref inside) == 3);
        await ChangeAsync(worker, AccountLimits.None with { PerMinute = 5 });
        gate.SetResult();
        await PassUntilAsync("five more have gone", TimeSpan.Zero, () => Server.Sent.Count == 8);
        await PassAsync(Minute * 0.9);
        Assert.Equal(8, Server.Sent.Count);
        await ChangeAsync(worker, AccountLimits.None with { PerMinute = 9 });
        await PassUntilAsync("four more have gone", TimeSpan.Zero, () => Server.Sent.Count == 12);
        Assert.Equal(18, Outbox.Jobs.Count(job => job.NextRunAt is not null));
        await ChangeAsync(worker, AccountLimits.None);
        await SettledAsync();
    }

    private Task ChangeAsync(OutboxWorker worker, AccountLimits limits)
    {
        Outbox.Limits = limits;
        return worker.RelimitAsync();
    }
}
