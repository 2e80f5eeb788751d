using System.Collections.Frozen;
using System.Globalization;

namespace Postmill.Mail.Mime;

/// <summary>Charset labels of mail to code pages: those the framework does not know, or knows as a narrower set than senders put under them.</summary>
internal static class CharsetLabels
{
    /// <summary>"Nobody said": to be told from the octets. Also what us-ascii means over 8-bit text.</summary>
    public const int Undeclared = 0;

    /// <summary>UTF-7, which has no code page the framework would read.</summary>
    public const int Utf7 = -7;

    private const string Table = """
        0 ascii us-ascii ansi_x3.4-1968 iso646-us 646 unknown-8bit x-unknown unknown default 8bit binary
        -7 utf-7 utf7 unicode-1-1-utf-7 unicode-2-0-utf-7 x-unicode-2-0-utf-7 csunicode11utf7
        65001 utf-8 utf8 utf_8 x-utf-8 x-utf8 unicode-1-1-utf-8 utf-8mb4 utf8mb4
        1200 utf-16 utf16 utf-16le unicode ucs-2
        1201 utf-16be
        12000 utf-32 utf-32le
        12001 utf-32be
        1252 iso-8859-1 iso8859-1 iso_8859-1 iso88591 iso-88591 latin1 latin-1 l1 cp1252 cp-1252 x-cp1252 win-1252 x-ansi ansi windows1252
        1250 cp1250 win-1250
        1251 cp1251 win-1251 win1251 windows1251
        1254 iso-8859-9 iso8859-9 latin5 cp1254
        874 iso-8859-11 tis-620 tis620 cp874
        20866 koi8r koi8
        28592 iso8859-2 iso-88592
        28595 iso8859-5
        28597 iso8859-7
        28605 iso8859-15 latin9 latin-9
        28596 iso-8859-6-i iso-8859-6-e
        28598 iso-8859-8 iso-8859-8-e
        38598 iso-8859-8-i
        54936 gb2312 gb_2312-80 gb2312-80 csgb2312 euc-cn gbk x-gbk cp936 gb18030 gb-18030 gb18030-2000 chinese
        950 big5 big-5 x-x-big5 cn-big5 big5-hkscs cp950
        949 ks_c_5601-1987 ks_c_5601-1989 ks_c_5601 ksc5601 ksc_5601 euc-kr euckr cp949 uhc x-windows-949 korean
        50225 iso-2022-kr
        932 shift_jis shift-jis sjis x-sjis ms_kanji cp932 windows-31j ms932
        51932 euc-jp eucjp x-euc-jp x-euc
        50221 iso-2022-jp iso2022-jp iso-2022-jp-1 iso-2022-jp-2 iso-2022-jp-3 iso-2022-jp-ms cp50220 cp50221 csiso2022jp
        52936 hz-gb-2312 hz
        """;

    private static readonly FrozenDictionary<string, int> Pages = Read();

    public static bool TryGet(string label, out int page) => Pages.TryGetValue(label, out page);

    private static FrozenDictionary<string, int> Read()
    {
        var pages = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in Table.Split('\n'))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            foreach (var label in words.Skip(1))
                pages.Add(label, int.Parse(words[0], CultureInfo.InvariantCulture));
        }
        return pages.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }
}
