using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Postmill.Adapters.Postgres.Messages.Reading;

/// <summary>
/// Where a search goes on. Newest first: <paramref name="Below"/> a mail. By rank: after a place in a window of mails that were ranked together, or with the next window, the
/// mails <paramref name="Below"/> the last.
/// </summary>
public sealed record SearchPosition(EmailPosition? Below, RankWindow? Window)
{
    private const char Separator = ' ';

    /// <summary>The order that this position belongs to; where a window begins, both.</summary>
    public bool Fits(bool ranked) => ranked || Window is null;

    public override string ToString() => Window is { } w
        ? string.Join(Separator, w.Newest, w.Oldest, w.IsLast ? "1" : "0", BitConverter.SingleToInt32Bits(w.Rank).ToString("X8", CultureInfo.InvariantCulture), w.At)
        : $"{Below}";

    public static bool TryParse(string text, [NotNullWhen(true)] out SearchPosition? position)
    {
        position = null;
        var parts = text.Split(Separator);
        if (parts.Length == 1 && EmailPosition.TryParse(text, out var below)) position = new SearchPosition(below, null);
        if (parts is [var a, var b, "0" or "1", var bits, var c]
            && EmailPosition.TryParse(a, out var newest) && EmailPosition.TryParse(b, out var oldest) && EmailPosition.TryParse(c, out var at)
            && int.TryParse(bits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var rank))
            position = new SearchPosition(null, new RankWindow(newest!, oldest!, parts[2] == "1", BitConverter.Int32BitsToSingle(rank), at!));
        return position is not null;
    }
}

/// <summary>
/// A run of found mails, by age, that are ordered by rank: ranking all mails that have a common word would cost reading them all. The window stands between two mails, so
/// what arrives meanwhile neither moves its border nor shows a mail twice.
/// </summary>
/// <param name="IsLast">Nothing older was found.</param>
/// <param name="Rank">Of the last mail shown, at <paramref name="At"/>.</param>
public sealed record RankWindow(EmailPosition Newest, EmailPosition Oldest, bool IsLast, float Rank, EmailPosition At);
