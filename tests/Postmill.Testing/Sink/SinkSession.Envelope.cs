using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Postmill.Testing.Sink;

/// <summary>MAIL and RCPT.</summary>
internal sealed partial class SinkSession
{
    private async Task MailAsync(string argument, CancellationToken ct)
    {
        sink.Count(SinkPhase.Mail);
        var path = Path().Match(argument);
        if (Options.MaxMailsPerConnection > 0 && _mails >= Options.MaxMailsPerConnection)
        {
            SayOwn("421 4.7.0 enough mails on this connection");
            _isOver = true;
            return;
        }

        var parameters = path.Groups["rest"].Value;
        var refusal = !path.Success || path.Groups["verb"].Value.Length != 4 ? "501 5.5.4 MAIL FROM:<address>"
            : _from is not null ? "503 5.5.1 one at a time"
            : Options.RequireAuth && _user is null ? "530 5.7.0 log in first"
            : SizeOf(parameters) > Options.MaxBytes ? "552 5.3.4 too large for here"
            : null;
        if (path.Success) NoteParameters(path.Groups["address"].Value, parameters);
        var moment = new SinkMoment(SinkPhase.Mail, path.Groups["address"].Value, [], 0, null);
        if (await AnswerAsync(moment, refusal ?? "250 2.1.0 from whom else", ct)) (_from, _fromParameters) = (path.Groups["address"].Value, parameters);
    }

    private async Task RecipientAsync(string argument, CancellationToken ct)
    {
        sink.Count(SinkPhase.Rcpt);
        var path = Path().Match(argument);
        var address = path.Groups["address"].Value;
        var refusal = _from is null ? "503 5.5.1 MAIL first"
            : !path.Success || path.Groups["verb"].Value.Length != 2 || address.Length == 0 ? "501 5.5.4 RCPT TO:<address>"
            : _recipients.Count >= Options.MaxRecipients ? "452 4.5.3 too many recipients"
            : null;
        if (!Ascii.IsValid(address) && !_isUtf8) sink.Violated(number, $"an address that needs SMTPUTF8: {address}");
        if (!await AnswerAsync(new SinkMoment(SinkPhase.Rcpt, _from, [address], 0, null), refusal ?? "250 2.1.5 known", ct)) return;
        _recipients.Add(address);
        _recipientParameters.Add(path.Groups["rest"].Value);
    }

    private void NoteParameters(string address, string parameters)
    {
        foreach (var parameter in parameters.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var (keyword, value) = parameter.IndexOf('=', StringComparison.Ordinal) is var at and > 0 ? (parameter[..at].ToUpperInvariant(), parameter[(at + 1)..]) : (parameter.ToUpperInvariant(), "");
            var isOffered = keyword switch
            {
                "SIZE" => Has(SinkExtensions.Size),
                "BODY" => Has(SinkExtensions.EightBitMime),
                "SMTPUTF8" => Has(SinkExtensions.SmtpUtf8),
                "RET" or "ENVID" => Has(SinkExtensions.Dsn),
                "AUTH" => Has(SinkExtensions.Auth),
                _ => false,
            };
            if (!isOffered) sink.Violated(number, $"a parameter that was not offered: {parameter}");
            _isUtf8 |= keyword == "SMTPUTF8";
            _isEightBit |= keyword == "BODY" && value.ToUpperInvariant() is "8BITMIME" or "BINARYMIME";
        }

        if (!Ascii.IsValid(address) && !_isUtf8) sink.Violated(number, $"an address that needs SMTPUTF8: {address}");
    }

    private static long SizeOf(string parameters)
        => SizeParameter().Match(parameters) is { Success: true } size && long.TryParse(size.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : 0;

    [GeneratedRegex(@"^(?<verb>FROM|TO):\s*<(?:@[^:>]*:)?(?<address>[^<>]*)>\s*(?<rest>.*)$", RegexOptions.IgnoreCase)]
    private static partial Regex Path();

    [GeneratedRegex(@"\bSIZE=(\d{1,18})", RegexOptions.IgnoreCase)]
    private static partial Regex SizeParameter();
}
