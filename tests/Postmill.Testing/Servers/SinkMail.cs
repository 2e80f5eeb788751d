using System.Text;

namespace Postmill.Testing.Servers;

/// <param name="From">Argument of MAIL as sent, angle brackets and parameters included.</param>
/// <param name="Recipients">Arguments of RCPT as sent.</param>
/// <param name="Raw">The mail, with the LF line ends smtp-sink writes.</param>
public sealed record SinkMail(string From, IReadOnlyList<string> Recipients, byte[] Raw)
{
    /// <summary>smtp-sink writes the envelope as X- lines and one Received header of its own before the mail, and an empty line after it.</summary>
    internal static SinkMail Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var from = "";
        var recipients = new List<string>();
        var at = 0;
        var inReceived = false;
        while (at < bytes.Length)
        {
            var length = bytes.AsSpan(at).IndexOf((byte)'\n') + 1;
            if (length == 0) break;
            var line = Encoding.Latin1.GetString(bytes, at, length).TrimEnd('\r', '\n');
            var folded = line.Length > 0 && line[0] is ' ' or '\t';
            if (inReceived && !folded) break;
            if (line.StartsWith("X-Mail-Args: ", StringComparison.Ordinal)) from = line[13..];
            else if (line.StartsWith("X-Rcpt-Args: ", StringComparison.Ordinal)) recipients.Add(line[13..]);
            else if (line.StartsWith("Received: ", StringComparison.Ordinal)) inReceived = true;
            at += length;
        }
        return new SinkMail(from, recipients, bytes[at..Math.Max(at, bytes.Length - 1)]);
    }
}
