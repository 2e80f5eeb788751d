using System.Text;

namespace Postmill.Testing.Samples;

/// <summary>A language of the sample mails: its words and the charset its speakers' clients declare.</summary>
internal sealed record SampleLanguage(string Charset, string TransferEncoding, string[] Words)
{
    public Encoding Encoding { get; } = Find(Charset);

    private static Encoding Find(string charset)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        return Encoding.GetEncoding(charset);
    }
}

internal static class SampleWords
{
    /// <summary>Weighted by repetition: most mail is English or declares UTF-8.</summary>
    public static SampleLanguage[] Languages { get; } = [English("us-ascii", "7bit"), English("utf-8", "7bit"), English("utf-8", "quoted-printable"),
        German("iso-8859-1"), German("utf-8"), French("windows-1252"), French("utf-8"), Russian("koi8-r"), Russian("utf-8"), Japanese("iso-2022-jp", "7bit"),
        Japanese("utf-8", "base64"), Chinese("gb18030")];

    public static string[] People { get; } = ["Ada Byron", "Grace Hopper", "Jürgen Groß", "Zoë Müller", "Renée Dupont", "Иван Петров", "山田太郎", "李小龙", "Tom O'Neill",
        "Doe, Jane", "Support Team", "Newsletter", "Åsa Öberg", "Ngũgĩ", "José María", "Weekly Report"];

    public static string[] Hosts { get; } = ["example.org", "example.com", "mail.example.net", "lists.example.org", "news.example.com", "xn--bcher-kva.example"];

    private static SampleLanguage English(string charset, string encoding) => new(charset, encoding, Split(
        "the invoice meeting of to and a in project please find attached report for quarter customers we will send on Monday morning regards order shipped tracking number "
        + "your account password was changed if this not you contact support team release notes version improved performance fixed several issues thank everyone who helped "
        + "agenda budget travel booking confirmation flight hotel room lunch tomorrow kind wishes question about contract draft signature review deadline schedule call"));

    private static SampleLanguage German(string charset) => new(charset, "quoted-printable", Split(
        "die Rechnung für März über zweihundert Euro finden Sie im Anhang Grüße aus München nächste Woche können wir das Gespräch führen außerdem müssen Verträge "
        + "geprüft werden vielen Dank und schöne Tage der Bericht zur Qualität ist fertig bitte bestätigen Sie den Termin am Dienstag größere Änderungen folgen später"));

    private static SampleLanguage French(string charset) => new(charset, "quoted-printable", Split(
        "bonjour à tous le dossier été déposé hier soir réunion prévue à neuf heures merci de répondre avant vendredi votre commande a été expédiée où êtes vous "
        + "cordialement l'équipe française garçon forêt œuvre cœur élève déjà vérifié la pièce jointe contient les détails du contrat signé"));

    private static SampleLanguage Russian(string charset) => new(charset, "base64", Split(
        "добрый день высылаю отчёт за третий квартал просьба проверить цифры до пятницы с уважением команда поддержки встреча переносится на вторник "
        + "договор подписан спасибо за быстрый ответ новая версия программы доступна для загрузки"));

    private static SampleLanguage Japanese(string charset, string encoding) => new(charset, encoding, Split(
        "お世話に なって おります 会議の 資料を 添付 しました ご確認 ください よろしく お願い いたします 来週の 火曜日に 打ち合わせ 請求書 注文 発送 ありがとう ございます"));

    private static SampleLanguage Chinese(string charset) => new(charset, "base64", Split(
        "您好 附件 是 本月 的 报告 请 查收 会议 时间 改为 星期二 上午 谢谢 您的 支持 订单 已经 发货 合同 需要 签字 新版本 已 发布 客户 反馈 很好"));

    private static string[] Split(string words) => words.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
