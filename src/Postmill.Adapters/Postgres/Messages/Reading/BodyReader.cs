using Npgsql;
using Postmill.Mail.Mime;

namespace Postmill.Adapters.Postgres.Messages.Reading;

/// <summary>Text, HTML and header of a mail, read from those of its bytes that they need.</summary>
public sealed class BodyReader(NpgsqlDataSource database)
{
    /// <summary>Null when the index points outside the mail.</summary>
    public async Task<StoredBody?> ReadAsync(StoredMail mail, CancellationToken cancellationToken)
    {
        if (mail.Parts.Any(part => !part.LiesIn(mail.Raw))) return null;
        var ranges = BodyRanges.Of(mail);
        var octets = new byte[ranges.Sum(range => range.Length)];
        await using var raw = new RawStream(database, mail.Raw.EmailId, 0, mail.Raw.Length);
        var at = 0;
        foreach (var (offset, length) in ranges)
        {
            raw.Position = offset;
            await raw.ReadExactlyAsync(octets.AsMemory(at, (int)length), cancellationToken);
            at += (int)length;
        }
        var message = MimeMessage.Parse(octets);
        return new StoredBody(message.Text, message.Html, message.Headers.ToDictionary());
    }
}
