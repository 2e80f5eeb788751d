using System.Globalization;

namespace Postmill.Domain.Messages;

/// <summary>
/// The language of the search box:
/// <code>
/// query = *( ["-"] [field ":"] value )      all must hold; "-" turns one round
/// value = word ["*"] / DQUOTE words DQUOTE ["*"]
/// field = from / to / subject / in / tag / has / is / after / before / thread / id
/// </code>
/// Words stand anywhere in the mail; those between quotes, and those that one word is cut into (an address, a file name, Japanese), stand beside each other. Only
/// <c>*</c> asks for a prefix: a word that was typed whole is meant whole. What looks like a field and is none (<c>Re:</c>, <c>https://…</c>) is text, a missing quote
/// ends with the query, characters that are part of no word are left out.
/// </summary>
public sealed class SearchQueryParser
{
    private readonly string _text;
    private readonly List<SearchTerm> _terms = [];
    private readonly List<SearchCondition> _conditions = [];
    private int _at;
    private string? _problem;

    private SearchQueryParser(string text) => _text = text;

    /// <summary>A blank text asks for nothing. False with a sentence for the person who typed it.</summary>
    public static bool TryParse(string text, out SearchQuery query, out string problem)
    {
        var parser = new SearchQueryParser(text);
        parser.Read();
        query = new SearchQuery(parser._terms, parser._conditions);
        problem = parser._problem ?? "";
        return parser._problem is null;
    }

    /// <summary>The words of one field as a term; null when the text holds none.</summary>
    public static SearchTerm? Term(SearchField field, string text, bool isPrefix = false, bool isNegated = false)
    {
        if (field is SearchField.From or SearchField.To && !isPrefix && SearchAddress.Of(text) is { } address) return new SearchTerm(field, [address], false, isNegated);
        var words = new List<string>();
        SearchWords.Visit(text, words, static (word, _, list) =>
        {
            list.Add(word.ToString());
            return list.Count < SearchLimits.TermWords;
        });
        return words.Count == 0 ? null : new SearchTerm(field, words, isPrefix || SearchWords.IsLoneUnspaced(words[^1]), isNegated);
    }

    private void Read()
    {
        if (_text.Length > SearchLimits.QueryChars) _problem = $"must have at most {SearchLimits.QueryChars} characters";
        while (_problem is null && SkipBlanks())
        {
            ReadOne();
            if (_terms.Count + _conditions.Count > SearchLimits.Terms) _problem = $"must have at most {SearchLimits.Terms} terms";
        }

        // Nothing must never mean everything: the same query may delete.
        if (_problem is null && _terms.Count + _conditions.Count == 0 && !string.IsNullOrWhiteSpace(_text)) _problem = "holds no word to look for";
    }

    private bool SkipBlanks()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at])) _at++;
        return _at < _text.Length;
    }

    private void ReadOne()
    {
        var negated = _text[_at] == '-';
        if (negated) _at++;
        var name = FieldName();
        if (name is not null && IsField(name) && IsValue(_at + name.Length + 1))
        {
            _at += name.Length + 1;
            var (value, isPrefix) = Value();
            Field(name, value, isPrefix, negated);
            return;
        }

        var (text, open) = Value();
        if (Term(SearchField.Anywhere, text, open, negated) is { } term) _terms.Add(term);
    }

    /// <summary>Letters before a colon.</summary>
    private string? FieldName()
    {
        var end = _at;
        while (end < _text.Length && char.IsAsciiLetter(_text[end])) end++;
        return end > _at && end < _text.Length && _text[end] == ':' ? _text[_at..end].ToLowerInvariant() : null;
    }

    private static bool IsField(string name) =>
        name is "from" or "to" or "subject" or "in" or "tag" or "has" or "is" or "after" or "before" or "thread" or "id";

    private bool IsValue(int at) => at < _text.Length && !char.IsWhiteSpace(_text[at]);

    private (string Text, bool IsPrefix) Value()
    {
        string value;
        if (_at < _text.Length && IsQuote(_text[_at]))
        {
            var start = ++_at;
            while (_at < _text.Length && !IsQuote(_text[_at])) _at++;
            value = _text[start.._at];
            if (_at < _text.Length) _at++;
            var open = _at < _text.Length && _text[_at] == '*';
            if (open) _at++;
            return (value, open);
        }

        var from = _at;
        while (_at < _text.Length && !char.IsWhiteSpace(_text[_at])) _at++;
        value = _text[from.._at];
        return value.EndsWith('*') ? (value.TrimEnd('*'), true) : (value, false);
    }

    /// <summary>Telephones type the printed ones.</summary>
    private static bool IsQuote(char c) => c is '"' or '“' or '”' or '„';

    private void Field(string name, string value, bool isPrefix, bool negated)
    {
        if (name is "from" or "to" or "subject")
        {
            var field = name switch { "from" => SearchField.From, "to" => SearchField.To, _ => SearchField.Subject };
            if (Term(field, value, isPrefix, negated) is { } term) _terms.Add(term);
            else _problem = $"{name}: needs a word";
        }
        else if (Condition(name, value) is { } filter)
        {
            _conditions.Add(new SearchCondition(filter, negated));
        }
    }

    private EmailFilter? Condition(string name, string value) => (name, value.ToLowerInvariant()) switch
    {
        ("in", not "") => new EmailFilter(Folder: value),
        ("tag", not "") => new EmailFilter(Tag: value),
        ("has", "attachment" or "attachments") => new EmailFilter(HasAttachments: true),
        ("has", _) => Wrong("has: knows attachment"),
        ("is", "unread") => new EmailFilter(Unread: true),
        ("is", "read") => new EmailFilter(Unread: false),
        ("is", "starred") => new EmailFilter(Starred: true),
        ("is", "inbound" or "outbound") => new EmailFilter(Direction: value.ToLowerInvariant()),
        ("is", _) => Wrong("is: knows unread, read, starred, inbound and outbound"),
        ("after", _) => Time(value) is { } after ? new EmailFilter(After: after) : Wrong("after: needs a date as 2026-01-31"),
        ("before", _) => Time(value) is { } before ? new EmailFilter(Before: before) : Wrong("before: needs a date as 2026-01-31"),
        // Ids are opaque: one that is not ours names nothing, and nothing has it.
        ("thread", not "") => new EmailFilter(ThreadId: Guid.TryParse(value, out var thread) ? thread : Guid.Empty),
        ("id", not "") => new EmailFilter(MessageId: value.Trim('<', '>')),
        _ => Wrong($"{name}: needs a value"),
    };

    private EmailFilter? Wrong(string problem)
    {
        _problem = problem;
        return null;
    }

    private static DateTimeOffset? Time(string value)
    {
        const DateTimeStyles utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        string[] forms = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mmK"];
        return DateTimeOffset.TryParseExact(value, forms, CultureInfo.InvariantCulture, utc, out var time) ? time : null;
    }
}
