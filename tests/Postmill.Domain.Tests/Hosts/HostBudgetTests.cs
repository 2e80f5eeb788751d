using Postmill.Domain.Hosts;

namespace Postmill.Domain.Tests.Hosts;

public sealed class HostBudgetTests
{
    private static readonly HostLimits Limits = new(new HostAmount(10, 20, 256));
    private readonly HostBudget _budget = new(Limits);

    [Fact]
    public void One_silo_has_half_and_is_lent_the_other_half_when_it_needs_it()
    {
        Assert.Equal(new HostAmount(5, 10, 128), Limits.Base(1));
        Assert.Equal(new HostAmount(5, 10, 128), Lend("a", 1, logins: 1_000, runs: 1_000));
        Assert.Equal(default, _budget.Lend(Demand("b", logins: 2, isHeldUp: false, runs: 7), silos: 2, TimeSpan.Zero, isNew: false));
    }

    [Fact]
    public void All_that_want_much_get_the_same_in_the_end_and_who_wants_little_gets_all_of_it()
    {
        for (var round = 0; round < 3; round++)
        {
            Lend("greedy", 3, 100, 1_000, At(round));
            Lend("keen", 3, 100, 1_000, At(round));
            Lend("modest", 3, 2, 50, At(round));
        }

        // Bases 1, 3.33 and 42 each; 7, 10 and 130 are lent out.
        var (greedy, keen, modest) = (Lend("greedy", 3, 100, 1_000, At(3)), Lend("keen", 3, 100, 1_000, At(3)), Lend("modest", 3, 2, 50, At(3)));
        Assert.Equal((1, 8), (modest.Logins, modest.Runs));
        Assert.Equal((3, 61), (keen.Logins, keen.Runs));
        Assert.InRange(greedy.Logins, 3, 4);
        Assert.InRange(greedy.Runs, 61, 61);
        Assert.Equal(10d / 3, greedy.LoginsPerSecond, 6);
    }

    [Fact]
    public void Who_came_first_gives_back_at_its_next_renewal_what_others_are_short_of()
    {
        Assert.Equal(6, Lend("first", 2, 100, 0).Logins);
        Assert.Equal(0, Lend("second", 2, 100, 0).Logins);
        Assert.Equal(3, Lend("first", 2, 100, 0).Logins);
        Assert.Equal(3, Lend("second", 2, 100, 0).Logins);
    }

    [Fact]
    public void What_is_given_back_while_it_is_in_use_is_free_for_others_only_when_it_is_over()
    {
        Lend("first", 2, 100, 0);
        Lend("second", 2, 100, 0);
        var busy = Demand("first", 100, isHeldUp: true, 0) with { InUse = new HostAmount(6, 0, 0) };
        Assert.Equal(3, _budget.Lend(busy, silos: 2, TimeSpan.Zero, isNew: false).Logins);
        Assert.Equal(0, Lend("second", 2, 100, 0).Logins);
        _budget.Lend(busy with { InUse = new HostAmount(4, 0, 0) }, silos: 2, TimeSpan.Zero, isNew: false);
        Assert.Equal(2, Lend("second", 2, 100, 0).Logins);
    }

    [Fact]
    public void Loan_of_a_process_that_is_not_heard_of_ends_with_its_term_and_no_earlier()
    {
        Lend("lost", 2, 100, 0);
        Assert.Equal(0, Lend("other", 2, 100, 0, HostLimits.Term - TimeSpan.FromTicks(1)).Logins);
        Assert.Equal(6, Lend("other", 2, 100, 0, HostLimits.Term).Logins);
    }

    [Fact]
    public void Front_has_nothing_of_its_own_and_is_lent_what_it_needs()
    {
        var front = new HostDemand("front", HasBase: false, Logins: 2, AreLoginsHeldUp: true, Runs: 0, default, default);
        Assert.Equal(new HostAmount(2, 10, 0), _budget.Lend(front, silos: 1, TimeSpan.Zero, isNew: false));
    }

    [Fact]
    public void New_grain_lends_no_more_than_is_held_already()
    {
        var held = new HostAmount(4, 2.5, 30);
        Assert.Equal(held, _budget.Lend(Demand("a", 100, true, 1_000, held), silos: 2, TimeSpan.Zero, isNew: true));
        // The other's is what is left, once the grain is not new any more.
        Assert.Equal(2, Lend("b", 2, 100, 0, TimeSpan.FromSeconds(1)).Logins);
    }

    /// <summary>Processes that ask at any time, some that fall silent, and a grain that forgets everything in between: what all may use at one moment never exceeds the limits.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void What_is_lent_and_the_bases_never_exceed_the_limits(int seed)
    {
        var random = new Random(seed);
        var silos = random.Next(2, 8);
        var users = Enumerable.Range(0, silos + 2).Select(n => (Name: $"p{n}", HasBase: n < silos)).ToList();
        var held = users.ToDictionary(u => u.Name, _ => (Amount: default(HostAmount), InUse: default(HostAmount), Until: TimeSpan.Zero));
        var (budget, since, now, most) = (new HostBudget(Limits), TimeSpan.Zero, TimeSpan.Zero, 0);
        for (var step = 0; step < 5_000; step++)
        {
            now += TimeSpan.FromMilliseconds(random.Next(0, 2_000));
            if (random.Next(200) == 0) (budget, since) = (new HostBudget(Limits), now);
            var user = users[random.Next(users.Count)];
            var has = held[user.Name].Until > now ? held[user.Name].Amount : default;
            var inUse = new HostAmount(random.Next(has.Logins + 1), 0, random.Next(has.Runs + 1));
            var demand = new HostDemand(user.Name, user.HasBase, random.Next(0, 20), random.Next(2) == 0, random.Next(0, 400), has, inUse);
            held[user.Name] = (budget.Lend(demand, silos, now - since, isNew: now - since < HostLimits.Term), inUse, now + HostLimits.Term);
            var all = held.Values.Where(h => h.Until > now).Aggregate(default(HostAmount), (sum, h) => sum + new HostAmount(
                Math.Max(h.Amount.Logins, h.InUse.Logins), h.Amount.LoginsPerSecond, Math.Max(h.Amount.Runs, h.InUse.Runs)));
            for (var silo = 0; silo < silos; silo++) all += Limits.Base(silos);
            Assert.True(all.Logins <= 10 && all.LoginsPerSecond <= 20.000_001 && all.Runs <= 256, $"step {step}: {all}");
            most = Math.Max(most, all.Logins);
        }

        Assert.Equal(10, most);
    }

    private static TimeSpan At(int round) => TimeSpan.FromSeconds(round);

    private static HostDemand Demand(string user, int logins, bool isHeldUp, int runs, HostAmount held = default) => new(user, HasBase: true, logins, isHeldUp, runs, held, default);

    private HostAmount Lend(string user, int silos, int logins, int runs, TimeSpan now = default) => _budget.Lend(Demand(user, logins, isHeldUp: true, runs), silos, now, isNew: false);
}
