using System.Buffers;
using System.Text;
using AngleSharp.Html;
using AngleSharp.Html.Parser;
using AngleSharp.Html.Parser.Tokens;
using AngleSharp.Text;

namespace Postmill.Mail.Mime;

/// <summary>
/// The words of an HTML text, for search and snippets, over AngleSharp's tokenizer: tags, comments, titles, scripts and styles dropped, character references
/// decoded, blocks parted by line ends. One pass without a tree, whose building is quadratic in elements that are not closed. The result is text, not markup:
/// it must be escaped like any other text.
/// </summary>
internal sealed class HtmlText
{
    private const string Blanks = " \t\r\n\f\u00A0";
    private static readonly SearchValues<char> AnyBlank = SearchValues.Create(Blanks);

    private readonly StringBuilder _text = new();
    private readonly int _maxChars;
    private int _preformatted;
    private bool _hidden;

    private HtmlText(int maxChars) => _maxChars = maxChars;

    /// <summary>At most <paramref name="maxChars"/> characters of text.</summary>
    public static string Strip(string html, int maxChars)
    {
        var words = new HtmlText(maxChars);
        using var tokens = new HtmlTokenizer(new TextSource(html), HtmlEntityProvider.Resolver) { SkipComments = true, DisableElementPositionTracking = true };
        words.Read(tokens);
        return StorableText.Of(StorableText.Cut(words._text.ToString().Trim(), maxChars));
    }

    private void Read(HtmlTokenizer tokens)
    {
        while (_text.Length < _maxChars && tokens.Get() is { Type: not HtmlTokenType.EndOfFile } token)
        {
            if (token.Type == HtmlTokenType.Character && !_hidden)
                AppendText(token.Data);
            else if (token.Type is HtmlTokenType.StartTag or HtmlTokenType.EndTag)
                Apply(token.Name, token.Type == HtmlTokenType.EndTag, tokens);
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
            var word = run.IndexOfAny(AnyBlank);
            if (word < 0)
                word = run.Length;
            _text.Append(run[..word]);
            run = run[word..];
            if (run.IsEmpty)
                return;
            AppendBlank();
            run = run.TrimStart(Blanks);
        }
    }

    private void AppendBlank()
    {
        if (_text.Length > 0 && _text[^1] is not (' ' or '\n'))
            _text.Append(' ');
    }

    private void AppendLineEnd()
    {
        if (_text.Length > 0 && _text[^1] == ' ')
            _text.Length--;
        if (_text.Length > 0 && _text[^1] != '\n')
            _text.Append('\n');
    }

    private void Apply(string name, bool closing, HtmlTokenizer tokens)
    {
        switch (name)
        {
            // What stands in these is text up to their end tag. Who reads tokens alone has to say so.
            case "script" or "style" or "title" or "noembed" or "noframes" or "iframe" or "xmp":
                _hidden = !closing;
                if (!closing)
                    tokens.State = name == "script" ? HtmlParseMode.Script : name == "title" ? HtmlParseMode.RCData : HtmlParseMode.Rawtext;
                break;
            case "pre" or "textarea":
                _preformatted = Math.Max(0, _preformatted + (closing ? -1 : 1));
                if (!closing && name == "textarea")
                    tokens.State = HtmlParseMode.RCData;
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
}
