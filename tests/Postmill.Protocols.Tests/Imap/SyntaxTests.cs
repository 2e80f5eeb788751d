using System.Text;
using Postmill.Protocols.Imap;
using Postmill.Protocols.Imap.Wire;
using Postmill.Protocols.Net;

namespace Postmill.Protocols.Tests.Imap;

/// <summary>The grammar of RFC 9051 §9 and RFC 3501 §9, and what servers make of it.</summary>
public sealed class SyntaxTests
{
    [Theory]
    [InlineData("\"plain\"", "plain")]
    [InlineData("\"with \\\" and \\\\ inside\"", "with \" and \\ inside")]
    [InlineData("\"lone \\backslash\"", "lone \\backslash")]
    [InlineData("{5}\r\na\"b)c", "a\"b)c")]
    [InlineData("{0}\r\n", "")]
    [InlineData("{3+}\r\nabc", "abc")]
    [InlineData("~{4}\r\nab\0c", "ab\0c")]
    [InlineData("atom", "atom")]
    [InlineData("\"\"", "")]
    public void Strings_of_every_form(string wire, string value)
    {
        var tokens = new ImapTokenizer(ImapParts.Response(wire + " next"), 0, 8);
        Assert.Equal(value, Encoding.Latin1.GetString(tokens.ReadAString()));
        Assert.Equal("next", Encoding.ASCII.GetString(tokens.ReadAtom()));
        Assert.True(tokens.AtEnd);
    }

    [Theory]
    [InlineData("NIL", true)]
    [InlineData("nil)", true)]
    [InlineData("NILE", false)]
    [InlineData("\"NIL\"", false)]
    public void Nil_is_an_atom_and_not_a_string(string wire, bool isNil)
        => Assert.Equal(isNil, new ImapTokenizer(ImapParts.Response(wire), 0, 8).TryReadNil());

    [Fact]
    public void Values_of_any_kind_are_skipped_whole()
    {
        var tokens = new ImapTokenizer(ImapParts.Response("(a (b \"(\" {2}\r\n)) NIL) ()) 12"), 0, 8);
        tokens.SkipValue();
        Assert.Equal(12UL, tokens.ReadExact());
    }

    [Theory]
    [InlineData("\"not closed")]
    [InlineData("(a b")]
    [InlineData("{5}\r\nabc")]
    [InlineData("{x}\r\nabc")]
    [InlineData("{99999999999999999999}\r\nabc")]
    [InlineData("")]
    public void Broken_grammar_is_a_protocol_error(string wire)
    {
        var response = ImapParts.Response(wire);
        var fault = Assert.Throws<MailServerException>(() => new ImapTokenizer(response, 0, 8).SkipValue());
        Assert.Equal(MailFault.ProtocolError, fault.Fault);
    }

    [Fact]
    public void Hard_case_24_deep_nesting_is_stopped_at_the_limit()
    {
        var response = ImapParts.Response(new string('(', 100_000));
        var fault = Assert.Throws<MailServerException>(() => new ImapTokenizer(response, 0, 32).SkipValue());
        Assert.Equal(MailFault.LimitExceeded, fault.Fault);
    }

    [Theory]
    [InlineData("0", 0L)]
    [InlineData("1.8e+06", 1_800_000L)]
    [InlineData("1E3", 1000L)]
    [InlineData("-1", null)]
    [InlineData("NaN", null)]
    [InlineData("1e400", null)]
    [InlineData("12x", null)]
    public void Hard_case_18_counts_may_be_written_as_reals(string word, object? value)
        => Assert.Equal(value, ImapNumber.TryTolerant(Encoding.ASCII.GetBytes(word), out var number) ? number : null);

    [Theory]
    [InlineData("4294967295", 4294967295UL)]
    [InlineData("9223372036854775807", 9223372036854775807UL)]
    [InlineData("18446744073709551616", null)]
    [InlineData("1.8e+06", null)]
    [InlineData("+5", null)]
    [InlineData("", null)]
    public void Uids_and_mod_sequences_are_exact_or_nothing(string word, object? value)
        => Assert.Equal(value, ImapNumber.TryExact(Encoding.ASCII.GetBytes(word), out var number) ? number : null);

    [Fact]
    public void Hard_case_5_mod_sequences_reach_2_to_the_63_minus_1()
    {
        Assert.Equal(long.MaxValue, FetchParser.ToModSeq((1UL << 63) - 1));
        Assert.Equal((1L << 53) + 1, FetchParser.ToModSeq((1UL << 53) + 1));
        Assert.Null(FetchParser.ToModSeq(1UL << 63));
        Assert.Null(FetchParser.ToModSeq(0));
    }

    [Theory]
    [InlineData("17-Jul-1996 02:44:25 -0700", "1996-07-17T02:44:25-07:00")]
    [InlineData(" 7-Jul-1996 02:44:25 +0000", "1996-07-07T02:44:25+00:00")]
    [InlineData("7-jul-1996 2:04:05 +0530", "1996-07-07T02:04:05+05:30")]
    [InlineData("01-Jan-2024 00:00:00", "2024-01-01T00:00:00+00:00")]
    [InlineData("01-Jan-99 00:00 +0000", "1999-01-01T00:00:00+00:00")]
    [InlineData("31-Dec-2016 23:59:60 +0000", "2016-12-31T23:59:59+00:00")]
    [InlineData("02-Jan-2024 00:00:00 +2400", "2024-01-01T00:00:00+00:00")]
    [InlineData("00-Jan-0000 00:00:00 +0000", null)]
    [InlineData("31-Feb-2020 00:00:00 +0000", null)]
    [InlineData("01-Jan-99999 00:00:00 +0000", null)]
    [InlineData("01-Xxx-2020 00:00:00 +0000", null)]
    [InlineData("01-Jan", null)]
    [InlineData("", null)]
    public void Hard_case_18_internal_dates_as_servers_write_them(string text, string? expected)
        => Assert.Equal(expected, InternalDate.Parse(Encoding.ASCII.GetBytes(text))?.ToString("yyyy-MM-ddTHH:mm:sszzz", System.Globalization.CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/台北/日本語")]
    [InlineData("&-", "&")]
    [InlineData("a&-b&AOQ-c", "a&bäc")]
    [InlineData("&2D3dPg-", "🔾")]
    [InlineData("trailing ", "trailing ")]
    public void Mailbox_names_in_modified_utf7_go_both_ways(string wire, string text)
    {
        Assert.Equal(text, ImapMailboxName.FromWire(wire).Text);
        Assert.Equal(wire, ImapMailboxName.FromText(text).Wire);
    }

    [Theory]
    [InlineData("R&D", "R&D")]
    [InlineData("&AOQ", "&AOQ")]
    [InlineData("&!!!-", "&!!!-")]
    [InlineData("B\u00c3\u00bcro", "Büro")]
    [InlineData("caf\u00e9", "café")]
    public void Names_that_break_the_encoding_keep_their_bytes(string wire, string text)
    {
        var name = ImapMailboxName.FromWire(wire);
        Assert.Equal(wire, name.Wire);
        Assert.Equal(text, name.Text);
    }

    [Theory]
    [InlineData("OK done", "Ok", null, "", "done")]
    [InlineData("NO [AUTHENTICATIONFAILED] no", "No", "AUTHENTICATIONFAILED", "", "no")]
    [InlineData("ok [uidvalidity 17] x", "Ok", "UIDVALIDITY", "17", "x")]
    [InlineData("OK [PERMANENTFLAGS (a]b \\*)] x", "Ok", "PERMANENTFLAGS", "(a]b \\*)", "x")]
    [InlineData("BAD", "Bad", null, "", "")]
    [InlineData("OK [not closed", "Ok", null, "", "[not closed")]
    public void Status_lines_with_and_without_code(string line, string condition, string? code, string arguments, string text)
    {
        var status = ImapStatusLine.TryParse(Encoding.Latin1.GetBytes(line))!;
        Assert.Equal((condition, code, arguments, text), (status.Condition.ToString(), status.Code, status.CodeArguments, status.Text));
    }

    [Fact]
    public void Hard_case_16_back_off_time_is_understood_and_bounded()
    {
        Assert.Equal(TimeSpan.FromMilliseconds(92415), ThrottleHint.Find("Request is throttled. Suggested Backoff Time: 92415 milliseconds"));
        Assert.Equal(TimeSpan.FromHours(1), ThrottleHint.Find("Suggested Backoff Time: 999999999999 milliseconds"));
        Assert.Null(ThrottleHint.Find("no"));
    }
}
