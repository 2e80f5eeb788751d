using System.Text;

namespace Postmill.Testing.Sink;

/// <summary>The rules in force; replaced as a whole.</summary>
internal sealed class SinkRules(int seed)
{
    private readonly Lock _gate = new();
    private readonly Random _random = new(seed);
    private readonly HashSet<string> _struckOnce = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<SinkPhase, int> _struck = [];
    private List<Entry> _entries = [];

    public void Replace(IEnumerable<SinkRule> rules)
    {
        lock (_gate) _entries = [.. rules.Select(rule => new Entry(rule))];
    }

    public void Add(SinkRule rule)
    {
        lock (_gate) _entries.Add(new Entry(rule));
    }

    /// <summary>How often a fault struck there.</summary>
    public int Struck(SinkPhase at)
    {
        lock (_gate) return _struck.GetValueOrDefault(at);
    }

    public SinkFault? At(SinkMoment moment)
    {
        lock (_gate)
        {
            var fault = _entries.FirstOrDefault(entry => Strikes(entry, moment))?.Rule.Fault ?? ByAddress(moment);
            if (fault is not null) _struck[moment.At] = _struck.GetValueOrDefault(moment.At) + 1;
            return fault;
        }
    }

    private bool Strikes(Entry entry, SinkMoment moment)
    {
        var rule = entry.Rule;
        if (rule.At != moment.At || moment.Bytes < rule.AfterBytes || !Matches(rule, moment)) return false;
        if (entry.Seen++ < rule.Skip) return false;
        if (rule.Times > 0 && entry.Struck >= rule.Times) return false;
        if (rule.Probability < 1 && _random.NextDouble() >= rule.Probability) return false;
        entry.Struck++;
        return true;
    }

    private static bool Matches(SinkRule rule, SinkMoment moment)
        => (rule.From is null || moment.From?.Contains(rule.From, StringComparison.OrdinalIgnoreCase) == true)
            && (rule.Recipient is null || moment.Recipients.Any(r => r.Contains(rule.Recipient, StringComparison.OrdinalIgnoreCase)))
            && (rule.Text is null || moment.Content?.AsSpan().IndexOf(Encoding.UTF8.GetBytes(rule.Text)) >= 0);

    private SinkFault? ByAddress(SinkMoment moment)
    {
        foreach (var recipient in moment.Recipients)
        {
            if (AddressRule.Of(recipient) is not { } spelt || spelt.Rule.At != moment.At) continue;
            if (!spelt.Once || _struckOnce.Add(recipient)) return spelt.Rule.Fault;
        }

        return null;
    }

    private sealed class Entry(SinkRule rule)
    {
        public SinkRule Rule { get; } = rule;

        public int Seen { get; set; }

        public int Struck { get; set; }
    }
}
