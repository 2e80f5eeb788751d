using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Postmill.Mail.Net;
using Postmill.Testing;
using Postmill.Testing.Servers;

namespace Postmill.Mail.Tests.Net;

public sealed class MailTransportTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public MailTransportTests() => _listener.Start();

    private int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    private static MailTransportOptions Local => new()
    {
        AddressPolicy = AddressPolicy.Any,
        AllowPlaintext = true,
        TrustedCertificates = [X509CertificateLoader.LoadCertificateFromFile(TestCertificates.Shared.AuthorityPath)],
    };

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task Name_that_resolves_to_a_private_address_is_refused_before_connecting()
    {
        var options = Local with { AddressPolicy = AddressPolicy.PublicOnly, Resolve = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]) };
        Assert.Equal(MailFault.AddressRefused, await FaultOf(ConnectAsync(TlsMode.None, options, "mail.example")));
        Assert.False(_listener.Pending());
    }

    [Fact]
    public async Task Plaintext_is_refused_unless_allowed()
    {
        Assert.Equal(MailFault.PlaintextRefused, await FaultOf(ConnectAsync(TlsMode.None, Local with { AllowPlaintext = false })));
        Assert.False(_listener.Pending());
    }

    [Theory]
    [InlineData("no such name")]
    [InlineData("")]
    [InlineData("a\r\nb")]
    [InlineData("nul\0name")]
    public async Task Host_that_cannot_be_a_name_is_unreachable(string host)
        => Assert.Equal(MailFault.Unreachable, await FaultOf(ConnectAsync(TlsMode.None, Local, host)));

    [Fact]
    public async Task Second_address_is_tried_when_the_first_refuses()
    {
        var asked = "";
        var options = Local with
        {
            Resolve = (name, _) =>
            {
                asked = name;
                return Task.FromResult<IPAddress[]>([IPAddress.Parse("127.0.0.2"), IPAddress.Loopback]);
            },
        };
        await using var transport = await ConnectAsync(TlsMode.None, options, "bücher.example.");
        Assert.Equal(IPAddress.Loopback, transport.RemoteAddress!.Address);
        Assert.Equal("xn--bcher-kva.example", asked);
    }

    [Fact]
    public async Task Resolver_that_never_answers_times_out()
    {
        var clock = new ManualClock();
        var never = new TaskCompletionSource<IPAddress[]>();
        var connecting = ConnectAsync(TlsMode.None, Local with { Time = clock, Resolve = (_, _) => never.Task }, "mail.example");
        Assert.Equal(MailFault.TimedOut, await FaultOf(Pass(connecting, clock)));
    }

    [Fact]
    public async Task Certificate_of_a_private_authority_needs_its_anchor()
    {
        await using var trusted = await TlsAsync(TestCertificates.Shared.Valid, Local);
        Assert.True(trusted.IsSecure);
        Assert.Equal(MailFault.TlsFailed, await FaultOf(TlsAsync(TestCertificates.Shared.Valid, Local with { TrustedCertificates = null })));
    }

    [Fact]
    public async Task Certificate_for_another_name_or_expired_is_refused_even_with_the_anchor()
    {
        var other = await Assert.ThrowsAsync<MailServerException>(() => TlsAsync(TestCertificates.Shared.WrongHost, Local));
        Assert.Contains("another host name", other.Message, StringComparison.Ordinal);
        var expired = await Assert.ThrowsAsync<MailServerException>(() => TlsAsync(TestCertificates.Shared.Expired, Local));
        Assert.Contains("expired", expired.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silence_ends_the_step_by_the_injected_clock()
    {
        var clock = new ManualClock();
        await using var transport = await ConnectAsync(TlsMode.None, Local with { Time = clock });
        using var peer = await _listener.AcceptTcpClientAsync();
        using var step = transport.BeginStep("greeting", TimeSpan.FromSeconds(15), default);
        var fault = await Assert.ThrowsAsync<MailServerException>(() => Pass(LineAsync(transport), clock));
        Assert.Equal(MailFault.TimedOut, fault.Fault);
        Assert.Contains("greeting", fault.Message, StringComparison.Ordinal);
        Assert.True(transport.IsClosed);
    }

    [Fact]
    public async Task Trickle_of_single_bytes_ends_the_step_although_each_comes_in_time()
    {
        var clock = new ManualClock();
        await using var transport = await ConnectAsync(TlsMode.None, Local with { Time = clock });
        using var peer = await _listener.AcceptTcpClientAsync();
        using var step = transport.BeginStep("line", TimeSpan.FromSeconds(15), default);
        var line = LineAsync(transport);
        for (var sent = 1; sent <= 200 && !line.IsCompleted; sent++)
        {
            try
            {
                await peer.GetStream().WriteAsync("x"u8.ToArray());
            }
            catch (IOException) when (line.IsCompleted)
            {
                break;
            }
            while (transport.Input.BytesReceived < sent && !line.IsCompleted) await Task.Yield();
            clock.Advance(TimeSpan.FromSeconds(5));
        }
        Assert.Equal(MailFault.TimedOut, await FaultOf(line));
    }

    [Fact]
    public async Task Total_limit_of_a_verification_ends_what_each_step_would_allow()
    {
        var clock = new ManualClock();
        await using var transport = await ConnectAsync(TlsMode.None, Local with { Time = clock, Timeouts = MailTimeouts.Verification });
        clock.Advance(TimeSpan.FromSeconds(14));
        using var step = transport.BeginStep("command", Timeout.InfiniteTimeSpan, default);
        Assert.Equal(MailFault.TimedOut, await FaultOf(Pass(LineAsync(transport), clock)));
    }

    [Fact]
    public async Task Caller_who_cancels_gets_a_cancellation_and_a_closed_connection()
    {
        await using var transport = await ConnectAsync(TlsMode.None, Local);
        Assert.True(transport.KeepsAlive);
        using var cancel = new CancellationTokenSource();
        using var step = transport.BeginStep("line", TimeSpan.FromMinutes(1), cancel.Token);
        var line = LineAsync(transport);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => line);
        Assert.True(transport.IsClosed);
    }

    [Fact]
    public async Task Ten_megabyte_line_is_stopped_at_the_limit()
    {
        await using var transport = await ConnectAsync(TlsMode.None, Local);
        using var peer = await _listener.AcceptTcpClientAsync();
        var flood = Task.Run(async () =>
        {
            var chunk = new byte[64 * 1024];
            for (var i = 0; i < 160; i++) await peer.GetStream().WriteAsync(chunk);
        });
        using var step = transport.BeginStep("line", TimeSpan.FromMinutes(1), default);
        Assert.Equal(MailFault.LimitExceeded, await FaultOf(LineAsync(transport)));
        await Assert.ThrowsAnyAsync<IOException>(() => flood);
    }

    [Fact]
    public async Task Line_ends_with_CRLF_or_LF_wherever_the_bytes_are_split()
    {
        await using var transport = await ConnectAsync(TlsMode.None, Local);
        using var peer = await _listener.AcceptTcpClientAsync();
        using var step = transport.BeginStep("line", TimeSpan.FromMinutes(1), default);
        foreach (var (part, ends) in new[] { ("one\r", false), ("\ntwo\nth", true), ("ree\r\r\n", true) })
        {
            await peer.GetStream().WriteAsync(Encoding.ASCII.GetBytes(part));
            if (ends) continue;
            await Task.Yield();
        }
        Assert.Equal("one", await LineAsync(transport));
        Assert.Equal("two", await LineAsync(transport));
        Assert.Equal("three\r", await LineAsync(transport));
    }

    [Fact]
    public async Task Bytes_before_the_STARTTLS_handshake_are_refused()
    {
        await using var transport = await ConnectAsync(TlsMode.None, Local);
        using var peer = await _listener.AcceptTcpClientAsync();
        await peer.GetStream().WriteAsync("OK begin\r\nOK injected\r\n"u8.ToArray());
        using (transport.BeginStep("line", TimeSpan.FromMinutes(1), default)) Assert.Equal("OK begin", await LineAsync(transport));
        var fault = await Assert.ThrowsAsync<MailServerException>(() => transport.StartTlsAsync("localhost", default));
        Assert.Equal(MailFault.ProtocolError, fault.Fault);
    }

    private static async Task<string> LineAsync(MailTransport transport)
    {
        var line = new MailLineBuffer();
        await transport.Input.ReadLineAsync(line, 1024 * 1024);
        return Encoding.ASCII.GetString(line.Written);
    }

    private Task<MailTransport> ConnectAsync(TlsMode tls, MailTransportOptions options, string host = "localhost")
        => MailTransport.ConnectAsync(new MailEndpoint(host, Port, tls), options, default);

    private async Task<MailTransport> TlsAsync(PemPair certificate, MailTransportOptions options)
    {
        var connecting = ConnectAsync(TlsMode.Implicit, options with { Resolve = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]) });
        var peer = new SslStream((await _listener.AcceptTcpClientAsync()).GetStream());
        var shaking = peer.AuthenticateAsServerAsync(certificate.Load());
        await Task.WhenAny(connecting, shaking);
        return await connecting;
    }

    private static async Task<MailFault> FaultOf(Task task) => (await Assert.ThrowsAsync<MailServerException>(() => task)).Fault;

    private static async Task Pass(Task task, ManualClock clock)
    {
        while (!task.IsCompleted)
        {
            clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }
        await task;
    }
}
