namespace Postmill.Mail.Net;

// Lists, strings and literals.
internal sealed partial class ImapScanner
{
    /// <summary>A mark in data or in a response code.</summary>
    private ImapBreach List(byte octet)
    {
        switch (octet)
        {
            case (byte)'(':
                return ++_depth > limits.Nesting ? ImapBreach.Nesting : ImapBreach.None;
            case (byte)')':
                if (_depth > 0) _depth--;
                return ImapBreach.None;
            case (byte)']':
                // A keyword in PERMANENTFLAGS may have a bracket.
                if (_place == Place.Code && _depth == 0) _place = Place.Text;
                return ImapBreach.None;
            case (byte)'"':
                _around = _place;
                _place = Place.Quoted;
                return ImapBreach.None;
            case (byte)'{':
                if (_place == Place.Code) return ImapBreach.Malformed;
                _place = Place.Brace;
                return ImapBreach.None;
            case (byte)'\r':
                _afterCr = true;
                return ImapBreach.None;
            case (byte)'\n':
                return EndLine();
            default:
                return ImapBreach.None;
        }
    }

    private ImapBreach Quoted(byte octet)
    {
        if (_closing)
        {
            _closing = false;
            if (!AfterQuoted.Contains(octet)) return Quoted(octet);
            var around = _around;
            _around = Place.Data;
            return Enter(around, octet);
        }
        if (octet == '\n') return ImapBreach.Malformed;
        if (_escaped) _escaped = false;
        else if (octet == '\\') _escaped = true;
        else if (octet == '"') _closing = true;
        return ImapBreach.None;
    }

    // RFC 9051 section 4.3: "{" number ["+"] "}" CRLF.
    private ImapBreach Brace(byte octet)
    {
        switch (octet)
        {
            case >= (byte)'0' and <= (byte)'9' when !_braceClosed && _digits is >= 0 and < MaxDigits:
                _literal = _literal * 10 + (octet - '0');
                _digits++;
                return ImapBreach.None;
            case >= (byte)'0' and <= (byte)'9' when !_braceClosed && _digits == MaxDigits:
                return ImapBreach.Literal;
            case (byte)'+' when !_braceClosed && _digits > 0:
                _digits = -1;
                return ImapBreach.None;
            case (byte)'}' when !_braceClosed && _digits != 0:
                _braceClosed = true;
                return ImapBreach.None;
            case (byte)'\r' when _braceClosed:
                _afterCr = true;
                return ImapBreach.None;
            case (byte)'\n' when _braceClosed:
                return EndLine();
            default:
                return ImapBreach.Malformed;
        }
    }

    private ImapBreach Enter(Place place, byte octet)
    {
        _place = place;
        return Mark(octet);
    }

    private ImapBreach EndLine()
    {
        if (_place == Place.Brace) return BeginLiteral();
        if (_place == Place.Code) return ImapBreach.Malformed;
        if (_place is Place.Status or Place.Text)
        {
            LastStatus = _status[.._statusLength];
            if (_isTagged) Tagged = LastStatus;
        }
        if (_isBye) Bye ??= LastStatus;
        Lines++;
        _place = Place.Head;
        _around = Place.Data;
        _next = HeadWord.TagOrAsterisk;
        _isFirstLine = _isTagged = _isFetch = _isBye = _isSearch = false;
        _depth = _wordLength = _statusLength = 0;
        _line = 0;
        _lineLimit = limits.LineBytes;
        return ++_answerLines > _answerLineLimit ? ImapBreach.AnswerLines : ImapBreach.None;
    }

    private ImapBreach BeginLiteral()
    {
        _digits = 0;
        _braceClosed = false;
        if (_literal > (IsBody ? limits.BodyBytes : limits.LiteralBytes)) return ImapBreach.Literal;
        _place = _literal > 0 ? Place.Literal : Place.Data;
        return ImapBreach.None;
    }
}
