using System.Globalization;

namespace Postmill.Adapters.Postgres.Messages.Reading;

/// <summary>A place in the order of lists, newest first: the mail after which a page ends.</summary>
public sealed record EmailPosition(DateTimeOffset ReceivedAt, Guid Id)
{
    private const char Separator = ':';

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{ReceivedAt.UtcTicks}{Separator}{Id:N}");

    public static bool TryParse(string text, out EmailPosition? position)
    {
        position = null;
        if (text.Split(Separator) is not [var at, var id]) return false;
        if (!long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) || ticks > DateTimeOffset.MaxValue.UtcTicks) return false;
        if (!Guid.TryParseExact(id, "N", out var guid)) return false;
        position = new EmailPosition(new DateTimeOffset(ticks, TimeSpan.Zero), guid);
        return true;
    }
}
