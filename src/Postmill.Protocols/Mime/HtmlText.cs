using System.Net;
using System.Text;

namespace Postmill.Protocols.Mime;

/// <summary>
/// The words of an HTML text, for search and snippets: tags dropped, script, style, head and comments skipped, entities decoded, blocks parted by
/// line ends. One pass; whatever is not closed is looked for once only. The result is text, not markup: it must be escaped like any other text.
/// </summary>
internal ref struct HtmlText
{
    private const int MaxEntity = 34;

    private readonly ReadOnlySpan<char> _html;
    private readonly StringBuilder _text = new();
    private readonly int _maxChars;
    private int _at;
    private int _preformatted;
    private bool _quotesBroken;
    private bool _noMoreComments;
    private bool _noMoreTags;

    // Elements whose end was looked for in vain, by their first two letters.
    private readonly List<(char, char)> _unclosed = [];

    private HtmlText(ReadOnlySpan<char> html, int maxChars)
    {
        _html = html;
        _maxChars = maxChars;
    }

    /// <summary>At most <paramref name="maxChars"/> characters of text.</summary>
    public static string Strip(ReadOnlySpan<char> html, int maxChars)
    {
        var stripper = new HtmlText(html, maxChars);
        stripper.Run();
        return StorableText.Of(StorableText.Cut(stripper._text.ToString().Trim(), maxChars));
    }

    private void Run()
    {
        while (_at < _html.Length && _text.Length < _maxChars)
        {
            var stop = _html[_at..].IndexOfAny('<', '&');
            var run = stop < 0 ? _html[_at..] : _html.Slice(_at, stop);
            AppendText(run);
            _at += run.Length;
            if (_at >= _html.Length)
                return;
            if (_html[_at] == '&')
                ReadEntity();
            else
                ReadMarkup();
        }
    }

    private void AppendText(ReadOnlySpan<char> run)
    {
        if (_preformatted > 0)
        {
            _text.Append(run[..Math.Min(run.Length, _maxChars)]);
            return;
        }
        while (!run.IsEmpty && _text.Length < _maxChars)
        {
            var word = run.IndexOfAny(" \t\r\n\f");
            if (word < 0)
                word = run.Length;
            _text.Append(run[..word]);
            run = run[word..];
            if (run.IsEmpty)
                return;
            AppendBlank();
            run = run.TrimStart(" \t\r\n\f");
        }
    }

    private readonly void AppendBlank()
    {
        if (_text.Length > 0 && _text[^1] is not (' ' or '\n'))
            _text.Append(' ');
    }

    private readonly void AppendLineEnd()
    {
        if (_text.Length > 0 && _text[^1] == ' ')
            _text.Length--;
        if (_text.Length > 0 && _text[^1] != '\n')
            _text.Append('\n');
    }

    private void ReadEntity()
    {
        var window = _html[_at..Math.Min(_html.Length, _at + MaxEntity)];
        var end = window.IndexOf(';');
        var name = end < 0 ? default : window[1..end];
        if (name.IsEmpty || name.IndexOfAny(" <&") >= 0)
        {
            _text.Append('&');
            _at++;
            return;
        }
        if (name is "nbsp")
            AppendBlank();
        else if (name is "amp")
            _text.Append('&');
        else
            _text.Append(WebUtility.HtmlDecode(window[..(end + 1)].ToString()));
        _at += end + 1;
    }

    private void ReadMarkup()
    {
        var rest = _html[_at..];
        if (rest.StartsWith("<!--") && !_noMoreComments)
        {
            var end = rest[4..].IndexOf("-->");
            _noMoreComments = end < 0;
            _at += end < 0 ? 4 : end + 7;
            return;
        }
        if (_noMoreTags || rest.Length < 2 || !(char.IsAsciiLetter(rest[1]) || rest[1] is '/' or '!' or '?'))
        {
            _text.Append('<');
            _at++;
            return;
        }
        var closing = rest[1] == '/';
        var name = rest[(closing ? 2 : 1)..];
        var length = 0;
        while (length < name.Length && length < 16 && char.IsAsciiLetterOrDigit(name[length]))
            length++;
        name = name[..length];
        if (!SkipTag())
            return;
        Apply(name, closing);
    }

    // Behind the '>' of the tag at hand; one within a quoted attribute does not count, unless a quote of this text is never closed.
    private bool SkipTag()
    {
        var at = _at + 1;
        while (!_quotesBroken)
        {
            var found = _html[at..].IndexOfAny('>', '"', '\'');
            if (found < 0)
                break;
            at += found;
            if (_html[at] == '>')
            {
                _at = at + 1;
                return true;
            }
            if (!OpensValue(at))
            {
                at++;
                continue;
            }
            var close = _html[(at + 1)..].IndexOf(_html[at]);
            _quotesBroken = close < 0;
            at += close + 2;
        }
        _quotesBroken = true;
        var end = _html[_at..].IndexOf('>');
        _noMoreTags = end < 0;
        _at += end < 0 ? 1 : end + 1;
        return end >= 0;
    }

    // An apostrophe in the middle of an unquoted value opens nothing.
    private readonly bool OpensValue(int quote) => _html[quote - 1] == '=' || (_html[quote - 1] == ' ' && _html[quote - 2] == '=');

    private void Apply(scoped ReadOnlySpan<char> tag, bool closing)
    {
        Span<char> lower = stackalloc char[16];
        var name = lower[..tag.ToLowerInvariant(lower)];
        switch (name)
        {
            case "script" or "style" or "head" or "title" or "noscript" or "template" or "svg" when !closing:
                if (!_unclosed.Contains((name[0], name[1])))
                    SkipElement(name);
                break;
            case "pre" or "textarea":
                _preformatted = Math.Max(0, _preformatted + (closing ? -1 : 1));
                AppendLineEnd();
                break;
            case "td" or "th":
                AppendBlank();
                break;
            case "br" or "p" or "div" or "tr" or "li" or "ul" or "ol" or "dl" or "dt" or "dd" or "table" or "hr" or "blockquote" or "h1" or "h2" or "h3"
                or "h4" or "h5" or "h6" or "section" or "article" or "header" or "footer" or "center" or "form" or "body" or "option" or "address":
                AppendLineEnd();
                break;
            default:
                break;
        }
    }

    // A head that is not closed ends at the body; anything else that is not closed swallows nothing but its tag.
    private void SkipElement(scoped ReadOnlySpan<char> name)
    {
        var at = _at;
        while (true)
        {
            var found = _html[at..].IndexOf('<');
            if (found < 0)
            {
                _unclosed.Add((name[0], name[1]));
                return;
            }
            at += found + 1;
            var rest = _html[at..];
            if (rest.StartsWith("/") && rest[1..].StartsWith(name, StringComparison.OrdinalIgnoreCase))
                break;
            if (name is "head" && rest.StartsWith("body", StringComparison.OrdinalIgnoreCase))
                break;
        }
        _at = at - 1;
    }
}
