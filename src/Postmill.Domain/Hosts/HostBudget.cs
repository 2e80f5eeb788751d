namespace Postmill.Domain.Hosts;

/// <summary>
/// Who has borrowed what of a mail host's limits. What is lent at any moment and the bases of all silos together never exceed the limits; who holds more than is fair gives it back at its next
/// renewal, which others may have to wait for. Not for several threads.
/// </summary>
public sealed class HostBudget(HostLimits limits)
{
    private readonly Dictionary<string, TimeSpan> _until = [];
    private readonly Loans _logins = new(isWhole: true), _rate = new(isWhole: false), _runs = new(isWhole: true);

    /// <param name="demand">Of one process.</param>
    /// <param name="silos">That are active now, at least one.</param>
    /// <param name="now">By a clock that only goes forward.</param>
    /// <param name="isNew">What was lent before is not known yet: nobody gets more than it holds.</param>
    public HostAmount Lend(HostDemand demand, int silos, TimeSpan now, bool isNew)
    {
        Forget(now);
        var (own, pool) = (demand.HasBase ? limits.Base(silos) : default, limits.Pool(silos));
        var wants = new HostAmount(
            Math.Max(0, demand.Logins - own.Logins), demand.AreLoginsHeldUp ? Math.Max(0, limits.Total.LoginsPerSecond - own.LoginsPerSecond) : 0, Math.Max(0, demand.Runs - own.Runs));
        var lent = isNew
            ? new HostAmount(
                (int)_logins.Keep(demand.User, demand.Held.Logins, demand.InUse.Logins),
                _rate.Keep(demand.User, demand.Held.LoginsPerSecond, 0),
                (int)_runs.Keep(demand.User, demand.Held.Runs, demand.InUse.Runs))
            : new HostAmount(
                (int)_logins.Lend(demand.User, wants.Logins, demand.InUse.Logins, pool.Logins),
                _rate.Lend(demand.User, wants.LoginsPerSecond, 0, pool.LoginsPerSecond),
                (int)_runs.Lend(demand.User, wants.Runs, demand.InUse.Runs, pool.Runs));
        _until[demand.User] = now + HostLimits.Term;
        return lent;
    }

    private void Forget(TimeSpan now)
    {
        foreach (var user in _until.Where(u => u.Value <= now).Select(u => u.Key).ToList())
        {
            _until.Remove(user);
            foreach (var loans in new[] { _logins, _rate, _runs }) loans.Forget(user);
        }
    }

    /// <summary>One of the limits.</summary>
    private sealed class Loans(bool isWhole)
    {
        private readonly Dictionary<string, (double Wants, double Has)> _of = [];

        public double Keep(string user, double held, double inUse)
        {
            _of[user] = (held, Math.Max(held, inUse));
            return held;
        }

        public double Lend(string user, double wants, double inUse, double pool)
        {
            _of[user] = (wants, _of.GetValueOrDefault(user).Has);
            var level = Level(pool);
            // Kept for the others: what they have until they renew, or what is fair and they have not got yet.
            var others = _of.Where(o => o.Key != user).Sum(o => Math.Max(o.Value.Has, Round(Math.Min(o.Value.Wants, level))));
            var lent = Round(Math.Clamp(pool - others, 0, wants));
            _of[user] = (wants, Math.Max(lent, inUse));
            return lent;
        }

        public void Forget(string user) => _of.Remove(user);

        /// <summary>The most that one gets if all get the same and nobody more than it wants (max-min fairness).</summary>
        private double Level(double pool)
        {
            var (left, open) = (pool, _of.Count);
            foreach (var wants in _of.Values.Select(o => o.Wants).Order())
            {
                if (wants * open >= left) return left / open;
                left -= wants;
                open--;
            }

            return double.PositiveInfinity;
        }

        private double Round(double amount) => isWhole ? Math.Floor(amount) : amount;
    }
}
