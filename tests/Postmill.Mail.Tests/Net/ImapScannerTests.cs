using System.Text;
using Postmill.Mail.Net;

namespace Postmill.Mail.Tests.Net;

/// <summary>What the guard counts in IMAP, and what MailKit might take for something else; each case whole and octet by octet.</summary>
public sealed class ImapScannerTests
{
    private static readonly GuardLimits Small = new() { Nesting = 3, LineBytes = 100, SetLineBytes = 150, AnswerBytes = 200, AnswerLines = 20, FetchLines = 20, Mailboxes = 2, SearchMoves = 5, LiteralBytes = 20, BodyBytes = 50 };

    public static TheoryData<string> Borne =>
    [
        "* X (((a)))\r\n",
        "* X (((a))) ((b)) (((c)))\r\n",
        "* X \"((((((((\" \"\\\"((((\"\r\n",
        // A quote inside a quoted string that was not escaped, as MailKit reads it.
        "* X \"a\"b ((((\" c\r\n",
        "* X " + new string('x', 94) + "\r\n",
        "* VANISHED (EARLIER) " + new string('1', 127) + "\r\n",
        "* SEARCH " + new string('1', 91) + "\r\n* esearch " + new string('1', 70) + "\r\n",
        string.Concat(Enumerable.Repeat("* 1 X\r\n", 20)),
        "* LIST () NIL a\r\n* LIST () NIL b\r\n* LISTS () NIL c\r\n* STATUS a ()\r\n",
        "* LIST () \"/\" {8}\r\n((((((((\r\n",
        "* LIST () \"/\" {8+}\r\n((((((((\r\n",
        "* 1 FETCH (BODY[] {20}\r\n((((((((((\r\n(((((((( FLAGS ())\r\n",
        "* 1 fetch (BODY[] {50}\r\n" + new string('\n', 50) + ")\r\n",
        "* 1 FETCH (BODY[] {0}\r\n)\r\n",
        // Words are anything.
        "* OK it is 5\" and ((((( {99}\r\n",
        "* OK [ALERT] it is 5\" and ((((( {99}\r\n",
        "A1 NO [OVERQUOTA] (((((\r\n",
        "* BYE \"quoted\" (((((\r\n",
        "* OK [PERMANENTFLAGS (a] \\*)] \"(((((\r\n",
        "+ {99} ((((((\r\n",
        "* PREAUTH ((((((\r\n",
        "* [COPYUID 1 2 3] ((((((\r\n",
        "* OK\r\n* 1 EXISTS\r\n\r\n",
        "* X )))) (((a)))\r\n",
        "* LIST () \"/\" a\n",
    ];

    public static TheoryData<string, string> Refused => new()
    {
        { "Nesting", "* X ((((" },
        { "Nesting", "((((" },
        { "Nesting", "* X \"a\"b\" ((((" },
        { "Nesting", "* 1 FETCH (BODY[] {2}\r\n(( (((" },
        { "Nesting", "* OK [X ((((" },
        { "Nesting", "* X (\"(\" (\"(\" ((" },
        // Not in a greeting, MailKit reads tokens after it.
        { "Nesting", "* OK\r\n* PREAUTH ((((" },
        { "Line", "* X " + new string('x', 97) },
        { "Line", "* OK " + new string('x', 96) },
        { "Line", "* 1 FETCH (BODY[] {5}\r\n12345" + new string('x', 90) },
        { "Line", "* VANISHED " + new string('1', 140) },
        { "Line", "* SEARCH 1\r\n* X " + new string('1', 97) },
        { "AnswerLines", string.Concat(Enumerable.Repeat("* 1 X\r\n", 21)) },
        { "Mailboxes", "* LIST () NIL a\r\n* lsub () NIL b\r\n* LIST " },
        { "Answer", string.Concat(Enumerable.Repeat("* 1 EXISTS\r\n", 17)) },
        { "Literal", "* LIST () \"/\" {21}\r\n" },
        { "Literal", "* 1 FETCH (BODY[] {51}\r\n" },
        { "Literal", "* 1 FETCH (BODY[] {4294967296}\r\n" },
        { "Literal", "* 1 FETCH (BODY[] {99999999999999999999999999}\r\n" },
        // Where MailKit might look for the end of something elsewhere.
        { "Malformed", "* LIST () \"/\" \"a\r\n" },
        { "Malformed", "* LIST () \"/\" {3}\r\na\nb" },
        { "Malformed", "* X {12} more\r\n" },
        { "Malformed", "* X {\r\n" },
        { "Malformed", "* X {a}\r\n" },
        { "Malformed", "* X {1\r\n}" },
        { "Malformed", "* OK {5}\r\n" },
        { "Malformed", "* OK [X {5}\r\n" },
        { "Malformed", "* OK [X \"a\r\n" },
        { "Malformed", "* OK [X (a] b\r\n" },
        { "Malformed", "* OK \"a\r\n" },
        { "Malformed", "* X a\rb" },
        { "Malformed", "*\rOK b" },
        { "Malformed", "*OK {5}\r\n" },
        { "Malformed", " *  OK  {5}\r\n" },
    };

    [Theory]
    [MemberData(nameof(Borne))]
    public void Answers_within_the_limits_are_borne(string answer) => Assert.All(Scans(answer, isGreeted: false), breach => Assert.Equal("None", breach));

    [Theory]
    [MemberData(nameof(Refused))]
    public void Answers_beyond_a_limit_are_refused(string breach, string answer) => Assert.All(Scans(answer, isGreeted: false), found => Assert.Equal(breach, found));

    [Fact]
    public void Each_answer_has_the_whole_limit()
    {
        var scanner = new ImapScanner(Small, isGreeted: true);
        for (var command = 0; command < 10; command++)
        {
            scanner.BeginAnswer(ImapVerb.Other);
            for (var line = 0; line < 16; line++) Assert.Equal(ImapBreach.None, scanner.Scan("* 1 EXISTS\r\n"u8));
        }
        Assert.Equal(160, scanner.Lines);
    }

    [Fact]
    public void Answer_to_FETCH_has_fewer_lines()
    {
        var scanner = new ImapScanner(Small with { FetchLines = 5 }, isGreeted: true);
        scanner.BeginAnswer(ImapVerb.Fetch);
        for (var line = 0; line < 5; line++) Assert.Equal(ImapBreach.None, scanner.Scan("* 1 FETCH ()\r\n"u8));
        Assert.Equal(ImapBreach.AnswerLines, scanner.Scan("* 1 FETCH ()\r\n"u8));
    }

    [Fact]
    public void Literals_that_nobody_asked_for_are_small_and_count()
    {
        var scanner = new ImapScanner(Small, isGreeted: true);
        scanner.BeginAnswer(ImapVerb.Fetch);
        var header = Encoding.ASCII.GetBytes($"* 1 FETCH (BODY[HEADER] {{20}}\r\n{new string('x', 20)})\r\n");
        for (var mail = 0; mail < 3; mail++) Assert.Equal(ImapBreach.None, scanner.Scan(header));
        Assert.Equal(ImapBreach.Answer, scanner.Scan(header));
        Assert.Equal(ImapBreach.Literal, new ImapScanner(Small, isGreeted: true).Scan("* 1 FETCH (BODY[] {21}\r\n"u8));
    }

    [Theory]
    [InlineData("* SEARCH 1 2 3 10 11 20 30 (MODSEQ 9)\r\n* SEARCH 40\r\n", "None")]
    [InlineData("* SEARCH 4 1 2 3\r\n", "Disorder")]
    [InlineData("* SEARCH 1 2 3\r\n* SEARCH 1 1\r\n", "Disorder")]
    [InlineData("* SEARCH 9 8 7\r\n* ESEARCH 9 8 7 6 5 4 3 2\r\n", "None")]
    public void SEARCH_comes_in_order(string said, string breach)
    {
        var scanner = new ImapScanner(Small, isGreeted: true);
        var found = ImapBreach.None;
        foreach (var octet in Encoding.ASCII.GetBytes(said)) found = found == ImapBreach.None ? scanner.Scan([octet]) : found;
        Assert.Equal(breach, found.ToString());
    }

    [Theory]
    [InlineData("* BYE going\r\n", true)]
    [InlineData("* bye\r\n", true)]
    [InlineData("* BYE go", false)]
    [InlineData("A1 BYE going\r\n", false)]
    [InlineData("* OK BYE\r\n", false)]
    [InlineData("* 1 FETCH (BODY[] {9}\r\n* BYE go\r\n)\r\n", false)]
    public void BYE_is_heard_where_it_is_one(string said, bool isBye)
    {
        var scanner = new ImapScanner(Small, isGreeted: true);
        scanner.BeginAnswer(ImapVerb.FetchBody);
        foreach (var octet in Encoding.ASCII.GetBytes(said)) Assert.Equal(ImapBreach.None, scanner.Scan([octet]));
        Assert.Equal(isBye, scanner.SaidBye);
    }

    [Fact]
    public void Literals_that_were_asked_for_count_for_no_answer()
    {
        var scanner = new ImapScanner(Small, isGreeted: true);
        scanner.BeginAnswer(ImapVerb.FetchBody);
        for (var mail = 0; mail < 7; mail++) Assert.Equal(ImapBreach.None, scanner.Scan(Encoding.ASCII.GetBytes($"* 1 FETCH (BODY[] {{50}}\r\n{new string('x', 50)})\r\n")));
    }

    [Theory]
    [InlineData("* OK [ALERT] words\r\n* 1 EXISTS\r\n", "* OK [ALERT] words")]
    [InlineData("* 1 EXISTS\r\nA7 NO [OVERQUOTA] full\r\n* 1 EXI", "A7 NO [OVERQUOTA] full")]
    [InlineData("* OK \"quoted\" words\r\n", "* OK \"quoted\" words")]
    [InlineData("* 1 EXISTS\r\n", "")]
    public void Last_status_is_kept(string said, string kept)
    {
        var scanner = new ImapScanner(Small, isGreeted: true);
        foreach (var octet in Encoding.ASCII.GetBytes(said)) scanner.Scan([octet]);
        Assert.Equal(kept, Encoding.ASCII.GetString(scanner.LastStatus).TrimEnd());
    }

    private static IEnumerable<string> Scans(string answer, bool isGreeted)
    {
        var octets = Encoding.ASCII.GetBytes(answer);
        foreach (var piece in new[] { octets.Length, 1, 2, 3, 7 })
        {
            var scanner = new ImapScanner(Small, isGreeted);
            scanner.BeginAnswer(ImapVerb.FetchBody);
            var breach = ImapBreach.None;
            for (var at = 0; at < octets.Length && breach == ImapBreach.None; at += piece) breach = scanner.Scan(octets.AsSpan(at, Math.Min(piece, octets.Length - at)));
            yield return breach.ToString();
        }
    }
}
