using System.Collections.Immutable;

namespace Postmill.Domain.Sending;

/// <summary>
/// One limit with what was used of it, as counts per slot of a sixtieth of its span. A slot counts in full until all of it is older than the span, so the limit holds in every
/// rolling span, also across restarts; what that costs is one slot, less than 2 % of the allowance.
/// </summary>
/// <remarks>A bucket that fills while it is emptied lets twice the limit through within one span; that is why it is none.</remarks>
public sealed record PaceWindow(PaceLimit Limit, long Head, ImmutableArray<int> Slots)
{
    /// <summary>Slots of one span.</summary>
    public const int PerSpan = 60;

    private long SlotTicks => Limit.Span.Ticks / PerSpan;

    /// <summary>Where its newest slot begins.</summary>
    public DateTimeOffset HeadAt => new(Head * SlotTicks, TimeSpan.Zero);

    public static PaceWindow Of(PaceLimit limit, DateTimeOffset now) => new(limit, now.UtcTicks / (limit.Span.Ticks / PerSpan), [.. new int[PerSpan + 1]]);

    /// <summary>How many may go now.</summary>
    public int Free(DateTimeOffset now) => Math.Max(0, Limit.Most - At(now).Slots.Sum());

    /// <summary>Marks <paramref name="count"/> as gone now.</summary>
    public PaceWindow Take(int count, DateTimeOffset now)
    {
        var window = At(now);
        return window with { Slots = window.Slots.SetItem(0, window.Slots[0] + count) };
    }

    /// <summary>One that was marked at <paramref name="taken"/> went out only now: it counts from now.</summary>
    public PaceWindow Move(DateTimeOffset taken, DateTimeOffset now)
    {
        var window = At(now);
        var age = window.Head - Slot(taken);
        if (age <= 0 || age >= window.Slots.Length || window.Slots[(int)age] == 0) return age == 0 ? window : window.Take(1, now);
        return window with { Slots = window.Slots.SetItem((int)age, window.Slots[(int)age] - 1).SetItem(0, window.Slots[0] + 1) };
    }

    /// <summary>Somebody else's clock made these marks: each counts as <paramref name="by"/> later, none as later than now.</summary>
    public PaceWindow Later(TimeSpan by, DateTimeOffset now)
    {
        var (head, shift) = (Math.Max(Head, Slot(now)), (by.Ticks + SlotTicks - 1) / SlotTicks);
        var slots = new int[Slots.Length];
        for (var age = 0; age < Slots.Length; age++)
        {
            var later = head - Math.Min(Head - age + shift, head);
            if (later < slots.Length) slots[later] += Slots[age];
        }

        return this with { Head = head, Slots = [.. slots] };
    }

    /// <summary>When the next may go; <paramref name="now"/> if one may already.</summary>
    public DateTimeOffset NextAt(DateTimeOffset now)
    {
        var window = At(now);
        var over = window.Slots.Sum() - Limit.Most + 1;
        if (over <= 0) return now;
        for (var age = window.Slots.Length - 1; age >= 0; age--)
        {
            over -= window.Slots[age];
            // This slot leaves the window when the head is a whole span and one slot beyond it.
            if (over <= 0) return new DateTimeOffset((window.Head - age + window.Slots.Length) * SlotTicks, TimeSpan.Zero);
        }

        return new DateTimeOffset((window.Head + window.Slots.Length) * SlotTicks, TimeSpan.Zero);
    }

    /// <summary>The window with its head at <paramref name="now"/>. A clock that went back does not move it: what is counted stays counted.</summary>
    private PaceWindow At(DateTimeOffset now)
    {
        var head = Math.Max(Head, Slot(now));
        var ahead = (int)Math.Min(head - Head, Slots.Length);
        return ahead == 0 ? this : this with { Head = head, Slots = [.. new int[ahead], .. Slots.Take(Slots.Length - ahead)] };
    }

    private long Slot(DateTimeOffset at) => at.UtcTicks / SlotTicks;
}
