using System.Text;
using Npgsql;
using Postmill.Domain.Messages;
using Postmill.Mail.Mime;

namespace Postmill.Adapters.Postgres.Messages.Reading;

/// <summary>What of found mails shows why they were found: text decoded from their bytes, and names of their files.</summary>
public sealed class SnippetTexts(NpgsqlDataSource database)
{
    // An attached text has a name or says so; an enclosed mail comes after the text of the mail around it.
    private const string Texts = """
        SELECT part.message_id, part.content_type, part.charset, part.encoding, substring(r.raw FROM part.body_offset::int + 1 FOR least(part.body_length, $2)::int)
        FROM unnest($1) AS page (id)
        CROSS JOIN LATERAL (
          SELECT * FROM message_part p
          WHERE p.message_id = page.id AND p.content_type IN ('text/plain', 'text/html') AND p.filename IS NULL AND p.disposition IS DISTINCT FROM 'attachment'
            AND p.body_offset BETWEEN 0 AND 1073741823 AND p.body_length >= 0
          ORDER BY p.ordinal LIMIT 2
        ) AS part
        JOIN message_raw r ON r.message_id = page.id
        """;

    private static readonly string Names = $"""
        SELECT page.id, file.filename
        FROM unnest($1) AS page (id)
        CROSS JOIN LATERAL (SELECT filename FROM message_part p WHERE p.message_id = page.id AND p.filename IS NOT NULL ORDER BY p.ordinal LIMIT {ReadingLimits.SnippetFileNames}) AS file
        """;

    /// <summary>For each mail a snippet in HTML: where its text, else its subject, else the name of a file has what was asked for; else its plain snippet.</summary>
    public async Task<IReadOnlyDictionary<Guid, string>> MarkAsync(IReadOnlyList<StoredEmail> emails, SearchQuery query, CancellationToken cancellationToken)
    {
        var anywhere = query.Terms.Where(term => term is { IsNegated: false, Field: SearchField.Anywhere }).ToList();
        var subject = query.Terms.Where(term => term is { IsNegated: false, Field: SearchField.Anywhere or SearchField.Subject }).ToList();
        var (texts, files) = anywhere.Count == 0 ? ([], []) : await ReadAsync([.. emails.Select(email => email.Id)], anywhere, cancellationToken);
        return emails.ToDictionary(email => email.Id, email =>
            texts.GetValueOrDefault(email.Id) ?? SearchSnippet.Html(email.Subject ?? "", subject) ?? files.GetValueOrDefault(email.Id) ?? SearchSnippet.Escape(email.Snippet));
    }

    private async Task<(Dictionary<Guid, string> Texts, Dictionary<Guid, string> Files)> ReadAsync(
        Guid[] ids, List<SearchTerm> terms, CancellationToken cancellationToken)
    {
        return await database.PreparedAsync([Sql.Batch(Texts, ids, (long)ReadingLimits.SnippetOctets), Sql.Batch(Names, ids)], async rows =>
        {
            var texts = await FirstHitsAsync(rows, Decode, terms, cancellationToken);
            await rows.NextResultAsync(cancellationToken);
            return (texts, await FirstHitsAsync(rows, static row => row.GetString(1), terms, cancellationToken));
        }, cancellationToken);
    }

    private static async Task<Dictionary<Guid, string>> FirstHitsAsync(
        NpgsqlDataReader rows, Func<NpgsqlDataReader, string> text, List<SearchTerm> terms, CancellationToken cancellationToken)
    {
        var snippets = new Dictionary<Guid, string>();
        while (await rows.ReadAsync(cancellationToken))
        {
            var id = rows.GetGuid(0);
            if (!snippets.ContainsKey(id) && SearchSnippet.Html(text(rows), terms) is { } html) snippets.Add(id, html);
        }

        return snippets;
    }

    /// <summary>The part is read as a mail of its own, by the reader that read it at ingest.</summary>
    private static string Decode(NpgsqlDataReader row)
    {
        var charset = row.IsDBNull(2) ? "" : $"; charset=\"{Token(row.GetString(2))}\"";
        var header = $"Content-Type: {Token(row.GetString(1))}{charset}\r\nContent-Transfer-Encoding: {Token(row.GetString(3))}\r\n\r\n";
        return MimeMessage.Parse((byte[])[.. Encoding.ASCII.GetBytes(header), .. row.GetFieldValue<byte[]>(4)]).SearchText(ReadingLimits.SnippetOctets);
    }

    /// <summary>Only what a token of RFC 2045 section 5.1 and the slash can be: a sender's charset is his to choose, our header is not.</summary>
    private static string Token(string text) => string.Concat(text.Where(c => char.IsAsciiLetterOrDigit(c) || "!#$&'*+-./^_`{|}~".Contains(c, StringComparison.Ordinal)));
}
