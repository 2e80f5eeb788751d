using System.Buffers;
using System.Text;

namespace Postmill.Mail.Net;

/// <summary>
/// Follows the octets of an IMAP server as MailKit's tokenizer will, and says where a limit is broken. It has to agree with MailKit on what is quoted and what is a literal, for there it
/// counts no lists; where the two could differ, the octets are malformed.
/// <code>
///   Head ─┬─► Status ─► Code ─► Text ─► LF     "* OK [ALERT] words", "A1 NO words", "+ words"
///         └─► Data ⇄ Quoted, Data ─► Brace ─► Literal ─► Data ─► LF     everything else
/// </code>
/// </summary>
internal sealed partial class ImapScanner(GuardLimits limits, bool isGreeted)
{
    /// <summary>Octets kept of a status line: response code and words.</summary>
    public const int StatusBytes = 1024;

    // The longest word that is looked for is a message number of ten digits.
    private const int MaxWord = 10;

    // A number with more digits is above every limit.
    private const int MaxDigits = 18;

    private static readonly SearchValues<byte> DataMarks = SearchValues.Create("()\"{\r\n"u8);
    private static readonly SearchValues<byte> CodeMarks = SearchValues.Create("()\"{]\r\n"u8);
    private static readonly SearchValues<byte> QuotedMarks = SearchValues.Create("\"\\\n"u8);

    // MailKit takes a quote for the closing one before one of these only, because of servers that do not escape quotes (its issue 485).
    private static readonly SearchValues<byte> AfterQuoted = SearchValues.Create("]) \r\n"u8);

    // What ends an atom besides controls: the specials of RFC 9051 section 9 and brackets.
    private static readonly SearchValues<byte> AtomEnds = SearchValues.Create("[](){%*\\\" "u8);

    private readonly byte[] _word = new byte[MaxWord];
    private readonly byte[] _status = new byte[StatusBytes];
    private bool _isFirstLine = !isGreeted;
    private Place _place;
    private Place _around;
    private HeadWord _next;
    private bool _isTagged;
    private bool _isFetch;
    private bool _isBye;
    private bool _afterCr;
    private bool _escaped;
    private bool _closing;
    private bool _braceClosed;
    private int _wordLength;
    private int _statusLength;
    private int _digits;
    private int _depth;
    private int _lineLimit = limits.LineBytes;
    private int _answerLineLimit = limits.AnswerLines;
    private int _answerLines;
    private int _mailboxes;
    private bool _isBodyAsked;
    private bool _isSearch;
    private long _number;
    private long _largest;
    private int _numbers;
    private long _moves;
    private long _line;
    private long _answer;
    private long _literal;

    private enum Place
    {
        Head,
        Status,
        Code,
        Text,
        Data,
        Quoted,
        Brace,
        Literal,
    }

    private enum HeadWord
    {
        TagOrAsterisk,
        Response,
        AfterNumber,
    }

    /// <summary>Lines of the server that have ended, those within literals not counted.</summary>
    public long Lines { get; private set; }

    /// <summary>Whether the next octet begins a line.</summary>
    public bool IsAtLineStart => _place == Place.Head && _line == 0;

    /// <summary>Whether the server said BYE: what follows is the answer to LOGOUT or nothing.</summary>
    public bool SaidBye => Bye is not null;

    /// <summary>Whether the server asked us to go on since the last command was written; to IDLE that says that it idles.</summary>
    public bool SaidContinue { get; private set; }

    /// <summary>The last whole status response, cut to <see cref="StatusBytes"/>; empty before the first.</summary>
    public byte[] LastStatus { get; private set; } = [];

    /// <summary>The tagged one that ended the last command; null while there is none.</summary>
    public byte[]? Tagged { get; private set; }

    /// <summary>The BYE, when it was said.</summary>
    public byte[]? Bye { get; private set; }

    /// <summary>A command was written: what comes now answers it.</summary>
    public void BeginAnswer(ImapVerb verb)
    {
        _answer = _answerLines = _mailboxes = _numbers = 0;
        _largest = _moves = 0;
        Tagged = null;
        SaidContinue = false;
        _isBodyAsked = verb == ImapVerb.FetchBody;
        _answerLineLimit = verb is ImapVerb.Fetch or ImapVerb.FetchBody or ImapVerb.Idle ? limits.FetchLines : limits.AnswerLines;
    }

    /// <summary>Takes the next octets. After a breach nothing more may be given.</summary>
    public ImapBreach Scan(ReadOnlySpan<byte> octets)
    {
        while (!octets.IsEmpty)
        {
            var breach = ScanLine(octets, out var taken);
            if (breach != ImapBreach.None) return breach;
            octets = octets[taken..];
        }
        return ImapBreach.None;
    }

    /// <summary>Takes octets up to and with the end of the line.</summary>
    public ImapBreach ScanLine(ReadOnlySpan<byte> octets, out int count)
    {
        count = octets.Length;
        while (!octets.IsEmpty)
        {
            if (_place == Place.Literal)
            {
                var inside = octets[..(int)Math.Min(_literal, octets.Length)];
                // A name has no line end: without this, a literal that MailKit reads as words could hide whole lines from us.
                if (!_isFetch && inside.Contains((byte)'\n')) return ImapBreach.Malformed;
                octets = octets[inside.Length..];
                if (!IsBody && (_answer += inside.Length) > limits.AnswerBytes) return ImapBreach.Answer;
                if ((_literal -= inside.Length) == 0) _place = Place.Data;
                continue;
            }
            var plain = _afterCr ? 0 : Plain(octets);
            var taken = octets[..Math.Max(plain, 1)];
            octets = octets[taken.Length..];
            var breach = Grow(taken);
            if (_isSearch && breach == ImapBreach.None) breach = Order(taken);
            if (breach == ImapBreach.None && plain == 0) breach = Mark(taken[0]);
            if (breach != ImapBreach.None) return breach;
            if (!IsAtLineStart) continue;
            count -= octets.Length;
            return ImapBreach.None;
        }
        return ImapBreach.None;
    }

    /// <summary>Counts octets of a mailbox line that is left out, so that they end an answer as others do.</summary>
    public ImapBreach Skip(int octets, bool ends)
    {
        if ((_line += octets) > limits.LineBytes) return ImapBreach.Line;
        if ((_answer += octets) > limits.AnswerBytes) return ImapBreach.Answer;
        if (!ends) return ImapBreach.None;
        Lines++;
        _line = 0;
        if (++_mailboxes > limits.Mailboxes) return ImapBreach.Mailboxes;
        return ++_answerLines > _answerLineLimit ? ImapBreach.AnswerLines : ImapBreach.None;
    }

    /// <summary>How many of the octets mean nothing where they stand.</summary>
    private int Plain(ReadOnlySpan<byte> octets)
    {
        var mark = _place switch
        {
            Place.Data => octets.IndexOfAny(DataMarks),
            Place.Code => octets.IndexOfAny(CodeMarks),
            Place.Text => octets.IndexOf((byte)'\n'),
            Place.Quoted when !_escaped && !_closing => octets.IndexOfAny(QuotedMarks),
            _ => 0,
        };
        return mark < 0 ? octets.Length : mark;
    }

    private bool IsBody => _isFetch && _isBodyAsked;

    private ImapBreach Grow(ReadOnlySpan<byte> octets)
    {
        if (_place is Place.Head or Place.Status or Place.Code or Place.Text || _around == Place.Text)
        {
            var kept = octets[..Math.Min(octets.Length, StatusBytes - _statusLength)];
            kept.CopyTo(_status.AsSpan(_statusLength));
            _statusLength += kept.Length;
        }
        if ((_line += octets.Length) > _lineLimit) return ImapBreach.Line;
        return (_answer += octets.Length) > limits.AnswerBytes ? ImapBreach.Answer : ImapBreach.None;
    }

    private ImapBreach Order(ReadOnlySpan<byte> octets)
    {
        foreach (var octet in octets)
        {
            if (octet is >= (byte)'0' and <= (byte)'9')
            {
                _number = Math.Min(_number * 10 + (octet - '0'), uint.MaxValue);
                continue;
            }
            // "(MODSEQ 9)" ends the numbers of RFC 7162.
            if (octet == '(') _isSearch = false;
            if (_number == 0) continue;
            if (_number < _largest) _moves += _numbers;
            _largest = Math.Max(_largest, _number);
            _number = 0;
            _numbers++;
        }
        return _moves > limits.SearchMoves ? ImapBreach.Disorder : ImapBreach.None;
    }

    private ImapBreach Mark(byte octet)
    {
        if (!_afterCr) return _place switch
        {
            Place.Head => Head(octet),
            Place.Status => Status(octet),
            Place.Quoted => Quoted(octet),
            Place.Brace => Brace(octet),
            Place.Text => octet == '\n' ? EndLine() : ImapBreach.None,
            _ => List(octet),
        };
        _afterCr = false;
        return octet == '\n' ? EndLine() : ImapBreach.Malformed;
    }

    private ImapBreach Head(byte octet)
    {
        if (octet > ' ' && octet != 0x7F && !AtomEnds.Contains(octet))
        {
            if (_wordLength < MaxWord) _word[_wordLength] = octet;
            _wordLength++;
            return ImapBreach.None;
        }
        if (_wordLength > 0) return EndWord(octet);
        if (octet == ' ') return ImapBreach.None;
        if (octet == '*' && _next == HeadWord.TagOrAsterisk)
        {
            _next = HeadWord.Response;
            return ImapBreach.None;
        }
        // home.pl sends "* [COPYUID …]"; MailKit adds the OK.
        return octet == '[' && _next == HeadWord.Response && !_isTagged ? Enter(Place.Status, octet) : Enter(Place.Data, octet);
    }

    private ImapBreach EndWord(byte octet)
    {
        var word = _word.AsSpan(0, Math.Min(_wordLength, MaxWord));
        var isKnown = _wordLength <= MaxWord;
        _wordLength = 0;
        switch (_next)
        {
            case HeadWord.TagOrAsterisk when isKnown && word.SequenceEqual("+"u8):
                SaidContinue = true;
                return Enter(Place.Text, octet);
            case HeadWord.TagOrAsterisk:
                _isTagged = true;
                _next = HeadWord.Response;
                break;
            case HeadWord.Response when isKnown && IsCondition(word):
                _isBye = !_isTagged && Ascii.EqualsIgnoreCase(word, "BYE"u8);
                return Enter(Place.Status, octet);
            case HeadWord.Response when isKnown && !_isTagged && !word.ContainsAnyExceptInRange((byte)'0', (byte)'9'):
                _next = HeadWord.AfterNumber;
                break;
            case HeadWord.Response:
                if (isKnown && IsSet(word)) _lineLimit = limits.SetLineBytes;
                _isSearch = isKnown && Ascii.EqualsIgnoreCase(word, "SEARCH"u8);
                if (isKnown && IsMailbox(word) && ++_mailboxes > limits.Mailboxes) return ImapBreach.Mailboxes;
                return Enter(Place.Data, octet);
            case HeadWord.AfterNumber:
                _isFetch = isKnown && Ascii.EqualsIgnoreCase(word, "FETCH"u8);
                return Enter(Place.Data, octet);
        }
        return Head(octet);
    }

    private bool IsCondition(ReadOnlySpan<byte> word)
        => Ascii.EqualsIgnoreCase(word, "OK"u8) || Ascii.EqualsIgnoreCase(word, "NO"u8) || Ascii.EqualsIgnoreCase(word, "BAD"u8)
            || !_isTagged && Ascii.EqualsIgnoreCase(word, "BYE"u8) || _isFirstLine && Ascii.EqualsIgnoreCase(word, "PREAUTH"u8);

    private static bool IsSet(ReadOnlySpan<byte> word)
        => Ascii.EqualsIgnoreCase(word, "SEARCH"u8) || Ascii.EqualsIgnoreCase(word, "ESEARCH"u8) || Ascii.EqualsIgnoreCase(word, "SORT"u8) || Ascii.EqualsIgnoreCase(word, "VANISHED"u8);

    private static bool IsMailbox(ReadOnlySpan<byte> word) => Ascii.EqualsIgnoreCase(word, "LIST"u8) || Ascii.EqualsIgnoreCase(word, "LSUB"u8);

    private ImapBreach Status(byte octet)
    {
        switch (octet)
        {
            case (byte)' ':
                return ImapBreach.None;
            case (byte)'[':
                _place = Place.Code;
                return ImapBreach.None;
            case (byte)'{':
                return ImapBreach.Malformed;
            case (byte)'"':
                // MailKit reads the first word of the text as a token.
                _around = Place.Text;
                _place = Place.Quoted;
                return ImapBreach.None;
            case (byte)'\r':
                _afterCr = true;
                return ImapBreach.None;
            default:
                return Enter(Place.Text, octet);
        }
    }
}
