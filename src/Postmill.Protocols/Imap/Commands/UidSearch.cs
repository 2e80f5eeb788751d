using System.Text;
using Postmill.Protocols.Imap.Wire;
using Postmill.Protocols.Net;

namespace Postmill.Protocols.Imap;

// UID SEARCH, RFC 9051 §6.4.4; with ESEARCH (RFC 4731) the answer is a set of ranges instead of a list of every UID.
public sealed partial class ImapConnection
{
    /// <summary>Finds UIDs.</summary>
    /// <exception cref="MailServerException">CommandRefused, or any fault of the connection.</exception>
    public async Task<ImapSearchResult> UidSearchAsync(ImapSearch search, CancellationToken cancellationToken)
    {
        var command = Command("UID SEARCH");
        if (Capabilities.ESearch) command.Raw("RETURN (ALL)");
        search.Write(command);
        var found = new UidSetBuilder();
        long? highest = null;
        var status = await RunSetAsync(command, (UntaggedHeader header, ref ImapTokenizer tokens, ImapStatusLine? _) =>
        {
            // A server may answer either way, whatever was asked.
            if (header.Kind == UntaggedKind.Search) ReadSearch(ref tokens, found, ref highest);
            else if (header.Kind == UntaggedKind.ESearch) ReadESearch(ref tokens, found, ref highest);
            else return false;
            return true;
        }, cancellationToken).ConfigureAwait(false);
        return status.IsOk ? new ImapSearchResult(found.Build(), highest) : throw status.ToException("UID SEARCH");
    }

    /// <summary><c>SEARCH 2 84 882 (MODSEQ 917162500)</c>; with trailing blanks (hard case 17).</summary>
    private static void ReadSearch(ref ImapTokenizer tokens, UidSetBuilder found, ref long? highest)
    {
        for (tokens.SkipSpaces(); !tokens.AtEnd; tokens.SkipSpaces())
        {
            if (tokens.TrySkip((byte)'('))
            {
                while (tokens.NextInList())
                {
                    if (Ascii.EqualsIgnoreCase(tokens.ReadAtom(), "MODSEQ"u8)) highest = FetchParser.ToModSeq(tokens.ReadExact());
                    else tokens.SkipValue();
                }
            }
            else if (FetchParser.ToUid(tokens.ReadExact()) is { } uid)
            {
                found.Add(uid);
            }
        }
    }

    /// <summary><c>ESEARCH (TAG "A282") UID ALL 2,10:15 MODSEQ 917162500</c> (RFC 4731 §3.1).</summary>
    private static void ReadESearch(ref ImapTokenizer tokens, UidSetBuilder found, ref long? highest)
    {
        if (tokens.Peek == '(') tokens.SkipValue();
        for (tokens.SkipSpaces(); !tokens.AtEnd; tokens.SkipSpaces())
        {
            var name = tokens.ReadAtom();
            if (Ascii.EqualsIgnoreCase(name, "UID"u8)) continue;
            if (Ascii.EqualsIgnoreCase(name, "ALL"u8)) found.Add(SetParser.TryParse(tokens.ReadAtom()) ?? throw tokens.Broken("UID set expected"));
            else if (Ascii.EqualsIgnoreCase(name, "MODSEQ"u8)) highest = FetchParser.ToModSeq(tokens.ReadExact());
            else tokens.SkipValue();
        }
    }
}
