using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Postmill.Testing.Mailboxes;

/// <summary>One untagged answer.</summary>
/// <param name="Literal">The octets of the line's literal, if it has one; <see cref="Text"/> goes on after it.</param>
public sealed record PlainAnswer(string Text, byte[]? Literal);

/// <summary>IMAP by hand, for a Dovecot on this machine: one command at a time, at most one literal a line. It shares no line with the product's client.</summary>
public sealed class PlainImap : IAsyncDisposable
{
    private readonly TcpClient _tcp;
    private readonly BufferedStream _stream;
    private int _tag;

    private PlainImap(TcpClient tcp)
    {
        _tcp = tcp;
        _stream = new BufferedStream(tcp.GetStream(), 1 << 16);
    }

    /// <param name="from">Own address, by which the server's log tells this session from others.</param>
    public static async Task<PlainImap> LoginAsync(int port, string user, string password, IPAddress? from = null)
    {
        var tcp = new TcpClient(new IPEndPoint(from ?? IPAddress.Loopback, 0)) { NoDelay = true };
        try
        {
            await tcp.ConnectAsync(IPAddress.Loopback, port);
            var imap = new PlainImap(tcp);
            imap.Line();
            await imap.CommandAsync($"LOGIN \"{user}\" \"{password}\"");
            return imap;
        }
        catch
        {
            tcp.Dispose();
            throw;
        }
    }

    /// <summary>The untagged answers. Throws when the server does not say OK.</summary>
    public async Task<IReadOnlyList<PlainAnswer>> CommandAsync(string command)
    {
        var tag = $"o{++_tag}";
        await _stream.WriteAsync(Encoding.ASCII.GetBytes($"{tag} {command}\r\n"));
        await _stream.FlushAsync();
        var answers = new List<PlainAnswer>();
        while (true)
        {
            var line = Line();
            if (line.StartsWith(tag + " ", StringComparison.Ordinal))
                return line.StartsWith(tag + " OK", StringComparison.Ordinal) ? answers : throw new IOException($"{command}: {line}");

            byte[]? literal = null;
            if (line.EndsWith('}'))
            {
                literal = new byte[int.Parse(line.AsSpan(line.LastIndexOf('{') + 1).TrimEnd('}'), CultureInfo.InvariantCulture)];
                await _stream.ReadExactlyAsync(literal);
                line += Line();
            }

            answers.Add(new PlainAnswer(line, literal));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _tcp.Dispose();
    }

    private string Line()
    {
        var line = new List<byte>();
        while (_stream.ReadByte() is var next and >= 0)
        {
            if (next == '\n') return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            line.Add((byte)next);
        }

        throw new EndOfStreamException("the server ended the connection");
    }
}
