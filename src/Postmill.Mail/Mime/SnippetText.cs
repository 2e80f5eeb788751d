using System.Text;

namespace Postmill.Mail.Mime;

/// <summary>The first words of a text on one line.</summary>
internal static class SnippetText
{
    public static string Of(string text, int maxChars)
    {
        var snippet = new StringBuilder(Math.Min(Math.Max(maxChars, 0), 512));
        for (var i = 0; i < text.Length && snippet.Length < maxChars; i++)
        {
            var c = text[i];
            if (char.IsWhiteSpace(c) || char.IsControl(c))
            {
                while (snippet.Length > 0 && snippet[^1] is ('\u200C' or '\u200D'))
                    snippet.Length--;
                if (snippet.Length > 0 && snippet[^1] != ' ')
                    snippet.Append(' ');
            }
            else if (!IsFiller(c, snippet))
            {
                snippet.Append(c);
            }
        }
        return StorableText.Of(snippet.ToString().TrimEnd());
    }

    // Senders of newsletters fill the preview with characters nobody sees; joiners inside a word belong to the script.
    private static bool IsFiller(char c, StringBuilder before) => c switch
    {
        '\u00AD' or '\u034F' or '\u200B' or '\u2060' or '\uFEFF' or '\u2007' => true,
        '\u200C' or '\u200D' => before.Length == 0 || before[^1] == ' ',
        _ => false,
    };
}
