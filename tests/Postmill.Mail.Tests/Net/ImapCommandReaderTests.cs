using System.Text;
using Postmill.Mail.Net;

namespace Postmill.Mail.Tests.Net;

public sealed class ImapCommandReaderTests
{
    [Theory]
    [InlineData("A00000001 IDLE\r\n", "Idle")]
    [InlineData("A00000001 IDLE\r\n|DONE\r\n", "Other")]
    [InlineData("A00000001 LOGOUT\r\n", "Logout")]
    [InlineData("A00000001 FETCH 1:* (UID FLAGS)\r\n", "Fetch")]
    [InlineData("A00000001 UID FETCH 1,2 (BODY.PEEK[])\r\n", "FetchBody")]
    [InlineData("A00000001 UID FETCH 1,2 (BODY.PEEK[])\r\n|A00000002 UID FETCH 1 (FLAGS)\r\n", "Fetch")]
    [InlineData("A00000001 UID FETCH 1,2 (BODY.PEEK[])\r\n|A00000002 NOOP\r\n", "Other")]
    [InlineData("A00000001 APPEND INBOX {16}\r\n|A00000009 IDLE\r\n", "Other")]
    [InlineData("A00000001 APPEND INBOX {10+}\r\nA1 IDLE\r\n\r\n|A00000002 IDLE\r\n", "Idle")]
    [InlineData("A00000001 APPEND INBOX {10}\r\n|A1 FETCH [|]\r\n", "Other")]
    [InlineData("A00000001 LOGIN {3}\r\n|ada| {3}\r\n|xyz|\r\n|A00000002 LOGOUT\r\n", "Logout")]
    public void Command_under_way_is_known_whatever_was_written_before_it(string writes, string verb)
    {
        var whole = new ImapCommandReader();
        foreach (var write in writes.Split('|')) whole.Take(Encoding.ASCII.GetBytes(write));
        Assert.Equal(verb, whole.Verb.ToString());
        var pieces = new ImapCommandReader();
        foreach (var octet in Encoding.ASCII.GetBytes(writes.Replace("|", "", StringComparison.Ordinal))) pieces.Take([octet]);
        Assert.Equal(verb, pieces.Verb.ToString());
    }
}
