using Postmill.Domain.Messages;

namespace Postmill.Domain.Tests.Messages;

public sealed class SearchWordsTests
{
    [Theory]
    [InlineData("Hello, World! 42", "hello world 42")]
    [InlineData("Rechnung für März: Grüße", "rechnung fur marz grusse")]
    [InlineData("ÉCOLE e\u0301cole Łódź Ærø", "ecole ecole lodz aero")]
    [InlineData("ada@sender.example", "ada sender example")]
    [InlineData("Привет, мир", "привет мир")]
    [InlineData("東京都です", "東京 京都 都で です")]
    [InlineData("水", "水")]
    [InlineData("mail東京box", "mail 東京 box")]
    [InlineData("한국어 메일", "한국어 메일")]
    [InlineData("   --- \r\n", "")]
    public void Text_is_cut_into_plain_words(string text, string words) => Assert.Equal(words, string.Join(' ', Words(text)));

    [Fact]
    public void Encoded_data_is_no_word_of_any_length()
    {
        var word = Assert.Single(Words(new string('a', 100_000)));
        Assert.Equal(SearchWords.LongestWord, word.Length);
        Assert.All(Words(string.Concat(Enumerable.Repeat("é", 500))), w => Assert.InRange(w.Length, 1, SearchWords.LongestWord));
    }

    [Fact]
    public void Any_text_ends_and_gives_words_that_can_be_stored()
    {
        var random = new Random(5);
        for (var round = 0; round < 2_000; round++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(80)).Select(_ => (char)random.Next(1, 0x10000))]);
            var storable = System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text));
            Assert.All(Words(storable), w => Assert.False(w.Length == 0 || w.Any(char.IsSurrogate) && !IsPaired(w), $"round {round}"));
        }
    }

    private static bool IsPaired(string word) => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(word)) == word;

    private static List<string> Words(string text)
    {
        var words = new List<string>();
        SearchWords.Visit(text, words, static (word, _, list) =>
        {
            list.Add(word.ToString());
            return true;
        });
        return words;
    }
}
