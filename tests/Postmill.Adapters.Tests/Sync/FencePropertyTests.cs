using FsCheck;
using FsCheck.Fluent;
using Postmill.Adapters.Tests.Accounts;

namespace Postmill.Adapters.Tests.Sync;

/// <summary>
/// Programs drawn by FsCheck, run by three silos on one account: claims, silos declared dead, a new silo in the place of an old one, releases, the user's disconnects, and
/// every kind of write with claims of any age. A program that fails is shortened until nothing more can be left out.
/// </summary>
public sealed class FencePropertyTests(AccountDatabase database) : IClassFixture<AccountDatabase>
{
    private const int Programs = 12;
    private const int Length = 50;

    [Fact]
    public void One_after_the_other_a_write_is_accepted_from_the_latest_claim_and_any_other_leaves_no_trace() =>
        Check(async program =>
        {
            var story = await FenceStory.BeginAsync(database);
            foreach (var step in program) await story.DoAsync(step);
            await story.AssertFeedAsync();
        });

    [Fact]
    public void Side_by_side_the_events_of_an_epoch_have_one_owner_and_epochs_follow_each_other_in_commit_order() =>
        Check(async program =>
        {
            var race = await FenceRace.BeginAsync(database);
            await Task.WhenAll(Enumerable.Range(0, FenceStory.Silos).Select(silo => race.RunAsync(silo, program.Where(step => step.Silo == silo))));
            await race.AssertFeedAsync();
        });

    private const ulong Seed = 5204085390785278371, Gamma = 8889231366272308631;

    private static void Check(Func<FenceStep[], Task> holds)
    {
        var step = Gen.Choose(0, FenceStep.Acts - 1).SelectMany(act => Gen.Choose(0, FenceStory.Silos - 1).SelectMany(silo => Gen.Choose(0, 9_999).Select(pick => new FenceStep(act, silo, pick))));
        var program = Arb.From(step.ArrayOf(Length), Shorter);
        Prop.ForAll(program, holds).Check(Config.QuickThrowOnFailure.WithMaxTest(Programs).WithReplay(Seed, Gamma)); // the same programs in every run
    }

    private static IEnumerable<FenceStep[]> Shorter(FenceStep[] program)
    {
        for (var width = program.Length / 2; width > 0; width /= 2)
            for (var at = 0; at + width <= program.Length; at += width)
                yield return [.. program[..at], .. program[(at + width)..]];
    }
}

/// <param name="Act">Which of the things that may happen.</param>
/// <param name="Silo">Which silo does it.</param>
/// <param name="Pick">Which claim is used, and which kind of write.</param>
public sealed record FenceStep(int Act, int Silo, int Pick)
{
    public const int Acts = 20;
}
