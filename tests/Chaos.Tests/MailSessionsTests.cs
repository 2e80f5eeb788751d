namespace Chaos.Tests;

public sealed class MailSessionsTests
{
    [Fact]
    public void Sessions_side_by_side_are_found_whoever_of_the_server_speaks_first_and_the_tests_own_are_left_out()
    {
        var sessions = MailSessions.Read("""
            2026-11-21T04:28:37 imap(m@example.org)<1><VXxn>: Info: Disconnected: Logged out in=73 out=605
            2026-11-21T04:28:37 imap-login: Info: Login: user=<m@example.org>, method=PLAIN, rip=127.0.0.1, lip=127.0.0.1, mpid=1, secured, session=<VXxn>
            2026-11-21T04:28:37 imap-login: Info: Login: user=<m@example.org>, method=PLAIN, rip=127.0.0.1, lip=127.0.0.1, mpid=9, secured, session=<mute>
            2026-11-21T04:28:38 imap-login: Info: Login: user=<m@example.org>, method=PLAIN, rip=127.0.0.1, lip=127.0.0.1, mpid=2, secured, session=<5gVs>
            2026-11-21T04:28:59 imap-login: Info: Login: user=<m@example.org>, method=PLAIN, rip=127.0.0.2, lip=127.0.0.1, mpid=3, session=<RVG5>
            2026-11-21T04:29:50 imap-login: Info: Login: user=<m@example.org>, method=PLAIN, rip=127.0.0.1, lip=127.0.0.1, mpid=4, secured, session=<E5Ia>
            2026-11-21T04:29:58 imap(m@example.org)<2><5gVs>: Info: Disconnected: Connection closed (IDLE running for 0.1 + waiting input for 21.3 secs, 9 B in + 9 B out, state=wait-input) in=1
            2026-11-21T04:30:00 imap-login: Info: Login: user=<other@example.org>, method=PLAIN, rip=127.0.0.1, lip=127.0.0.1, mpid=5, secured, session=<other>
            """, process => process != 9);
        Assert.Equal(["VXxn", "mute", "5gVs", "E5Ia", "other"], sessions.Select(s => s.Id));
        var longest = MailSessions.LongestTogether(sessions);
        Assert.Equal(("5gVs", "E5Ia", TimeSpan.FromSeconds(8)), (longest!.Value.First.Id, longest.Value.Second.Id, longest.Value.Together));
    }
}
