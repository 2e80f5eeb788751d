using System.Net.Security;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Postmill.Testing.Sink;

/// <summary>One connection: the dialogue and its envelope.</summary>
internal sealed partial class SinkSession(JournalSink sink, int number, Socket socket) : IAsyncDisposable
{
    private readonly List<string> _recipients = [], _recipientParameters = [];
    private SinkWire _wire = new(new NetworkStream(socket, ownsSocket: true));
    private string? _user, _from;
    private string _fromParameters = "";
    private bool _isSecure, _isUtf8, _isEightBit, _isOver;
    private int _mails;

    /// <summary>Ends with the session.</summary>
    public TaskCompletionSource Over { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SinkOptions Options => sink.Options;

    public async Task RunAsync(bool isFull, CancellationToken ct)
    {
        if (Options.ImplicitTls) await SecureAsync(ct);
        sink.Count(SinkPhase.Greeting);
        await AnswerAsync(SinkPhase.Greeting, isFull ? "421 4.7.0 too many connections" : "220 sink.test ESMTP journal", ct);
        _isOver |= isFull;
        while (!_isOver && await _wire.ReadLineAsync(ct) is (var line, var bareLf))
        {
            if (bareLf) sink.Violated(number, $"a command that ends with a bare LF: {line}");
            var (verb, argument) = line.IndexOf(' ', StringComparison.Ordinal) is var blank and > 0 ? (line[..blank].ToUpperInvariant(), line[(blank + 1)..]) : (line.ToUpperInvariant(), "");
            if (!Has(SinkExtensions.Pipelining) && !_wire.Pending.IsEmpty && verb != "BDAT") sink.Violated(number, $"pipelined after {verb}");
            await ObeyAsync(verb, argument, ct);
        }

        await _wire.FlushAsync(ct);
    }

    /// <summary>RST, as a machine that lost power would answer.</summary>
    public void Cut()
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            return;
        }

        socket.Close();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _wire.Stream.DisposeAsync();
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // The last words of TLS found nobody.
            socket.Close();
        }
    }

    private bool Has(SinkExtensions extension) => Options.Extensions.HasFlag(extension);

    private async Task ObeyAsync(string verb, string argument, CancellationToken ct)
    {
        switch (verb)
        {
            case "EHLO" or "HELO":
                await GreetedAsync(verb, ct);
                break;
            case "STARTTLS" when Has(SinkExtensions.StartTls) && Options.Certificate is not null && !_isSecure:
                await StartTlsAsync(ct);
                break;
            case "AUTH" when Has(SinkExtensions.Auth):
                await LogInAsync(argument, ct);
                break;
            case "MAIL":
                await MailAsync(argument, ct);
                break;
            case "RCPT":
                await RecipientAsync(argument, ct);
                break;
            case "DATA":
                await DataAsync(ct);
                break;
            case "BDAT" when Has(SinkExtensions.Chunking):
                await ChunkAsync(argument, ct);
                break;
            case "RSET":
                sink.Count(SinkPhase.Rset);
                if (await AnswerAsync(SinkPhase.Rset, "250 2.0.0 forgotten", ct)) Forget();
                break;
            case "NOOP":
                sink.Count(SinkPhase.Noop);
                await AnswerAsync(SinkPhase.Noop, "250 2.0.0 so be it", ct);
                break;
            case "QUIT":
                sink.Count(SinkPhase.Quit);
                await AnswerAsync(SinkPhase.Quit, "221 2.0.0 until next time", ct);
                _isOver = true;
                break;
            default:
                sink.Violated(number, $"a command that was not offered: {verb}");
                SayOwn("502 5.5.1 not here");
                break;
        }
    }

    private async Task GreetedAsync(string verb, CancellationToken ct)
    {
        sink.Count(SinkPhase.Ehlo);
        string[] offers = verb == "HELO" ? [] : [.. Offers()];
        string[] lines = ["sink.test at your service", .. offers];
        if (await AnswerAsync(SinkPhase.Ehlo, string.Join("\r\n", lines.Select((line, i) => $"250{(i == lines.Length - 1 ? ' ' : '-')}{line}")), ct)) Forget();
    }

    private IEnumerable<string> Offers()
    {
        if (Has(SinkExtensions.Pipelining)) yield return "PIPELINING";
        if (Has(SinkExtensions.Size)) yield return $"SIZE {Options.MaxBytes}";
        if (Has(SinkExtensions.EightBitMime)) yield return "8BITMIME";
        if (Has(SinkExtensions.SmtpUtf8)) yield return "SMTPUTF8";
        if (Has(SinkExtensions.EnhancedStatusCodes)) yield return "ENHANCEDSTATUSCODES";
        if (Has(SinkExtensions.Dsn)) yield return "DSN";
        if (Has(SinkExtensions.Chunking)) yield return "CHUNKING";
        if (Has(SinkExtensions.Auth)) yield return "AUTH PLAIN LOGIN";
        if (Has(SinkExtensions.StartTls) && Options.Certificate is not null && !_isSecure) yield return "STARTTLS";
    }

    private async Task StartTlsAsync(CancellationToken ct)
    {
        sink.Count(SinkPhase.StartTls);
        if (!await AnswerAsync(SinkPhase.StartTls, "220 2.0.0 go ahead", ct)) return;
        if (!_wire.Pending.IsEmpty) sink.Violated(number, "pipelined after STARTTLS");
        await SecureAsync(ct);
        Forget();
        _user = null;
    }

    private async Task SecureAsync(CancellationToken ct)
    {
        await _wire.FlushAsync(ct);
        using var certificate = Options.Certificate!.Load();
        var tls = new SslStream(_wire.Stream);
        _wire = new SinkWire(tls);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, ct);
        _isSecure = true;
    }

    private void Forget()
    {
        (_from, _fromParameters) = (null, "");
        (_isUtf8, _isEightBit) = (false, false);
        _recipients.Clear();
        _recipientParameters.Clear();
        _mail.Clear();
        _received = 0;
        (_chunked, _bodyStruck, _isTooLarge) = (false, false, false);
    }

    /// <summary>Answers by the sink's rules; true when the command has its effect.</summary>
    private Task<bool> AnswerAsync(SinkPhase at, string natural, CancellationToken ct) => AnswerAsync(new SinkMoment(at, _from, _recipients, 0, null), natural, ct);

    private async Task<bool> AnswerAsync(SinkMoment moment, string natural, CancellationToken ct)
    {
        if (sink.Rules.At(moment) is not { } fault)
        {
            SayOwn(natural);
            return natural[0] is '2' or '3';
        }

        await WaitAsync(fault, ct);
        var reply = fault.Reply ?? Own(natural);
        await SayAsync(fault, reply, ct);
        await EndAsync(fault.End, ct);
        return reply.Length > 0 && reply[0] is '2' or '3';
    }

    private async Task WaitAsync(SinkFault fault, CancellationToken ct)
    {
        if (fault.Wait > TimeSpan.Zero || fault.Gate is not null) await _wire.FlushAsync(ct);
        if (fault.Wait > TimeSpan.Zero) await Task.Delay(fault.Wait, sink.Time, ct);
        if (fault.Gate is { } gate) await sink.GateOf(gate).PassAsync(ct);
    }

    private async Task EndAsync(SinkEnd end, CancellationToken ct)
    {
        if (end == SinkEnd.None) return;
        await _wire.FlushAsync(ct);
        _isOver = true;
        if (end == SinkEnd.Reset) Cut();
        if (end == SinkEnd.Silence) await _wire.DiscardAsync(ct);
    }

    private async Task SayAsync(SinkFault fault, string reply, CancellationToken ct)
    {
        if (reply.Length == 0) return;
        Say(reply);
        if (fault.ByteByByte || fault.Pace > TimeSpan.Zero) await _wire.TrickleAsync(fault.Pace, sink.Time, ct);
    }

    private void Say(string reply) => _wire.Write($"{reply}\r\n");

    private void SayOwn(string reply) => Say(Own(reply));

    /// <summary>The sink's own words, with enhanced status codes only where they were offered.</summary>
    private string Own(string reply) => Has(SinkExtensions.EnhancedStatusCodes) ? reply : EnhancedCode().Replace(reply, "$1");

    [GeneratedRegex(@"^(\d\d\d[ -])[245]\.\d{1,3}\.\d{1,3} ")]
    private static partial Regex EnhancedCode();
}
