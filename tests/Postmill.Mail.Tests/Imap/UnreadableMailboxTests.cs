using Postmill.Mail.Imap;

namespace Postmill.Mail.Tests.Imap;

/// <summary>A line of LIST that is not IMAP costs its own mailbox and no other.</summary>
public sealed class UnreadableMailboxTests
{
    public static TheoryData<string, string> Lines => new()
    {
        { "* LIST () \"/\" {3}\r\nBroken", "Broken" },
        { "* LIST () \"/\" {99}\r\nBroken", "Broken" },
        { "* LIST () \"/\" {-1}\r\nBroken", "Broken" },
        { "* LIST () \"/\" {99999999999999999999}\r\nBroken", "Broken" },
        { "* LIST () \"/\" {6}", "* LIST () \"/\" {6}" },
        { "* LIST (\\HasNoChildren \"/\" Broken", "Broken" },
        { "* LIST \\HasNoChildren \"/\" \"Bro ken\"", "Bro ken" },
        { "* LIST (NIL) \"/\" Broken", "Broken" },
        { "* LIST ((\\Marked)) \"/\" Broken", "Broken" },
        { "* LIST () / Broken", "Broken" },
        { "* LIST () \"/\"", "* LIST () \"/\"" },
        { "* LIST ()", "* LIST ()" },
        { "* LIST () \"/\" (Broken)", "* LIST () \"/\" (Broken)" },
        { "* LIST () \"/\" ((Broken))", "* LIST () \"/\" ((Broken))" },
        { "* LIST () \"/\" \"Bro ken", "Bro ken" },
        { "* LIST () \"/\" Broken and more", "more" },
        { "* LIST () \"/\" Broken (nested (\"list\" (\"of items\")))", "* LIST () \"/\" Broken (nested (\"list\" (\"of items\")))" },
        { "* LIST () \"/\" Bro\u0001ken", "Bro\u0001ken" },
        { "* LIST () \"/\" \u0001", "* LIST () \"/\"" },
    };

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task Line_that_is_not_imap_costs_its_own_mailbox_and_no_other(string line, string name)
    {
        foreach (var byteByByte in (bool[])[false, true])
        {
            await using var server = Listing("* LIST () \"/\" First", line, "* LIST (\\HasNoChildren) \"/\" \"Last one\"", "A1 OK done");
            if (byteByByte) server.ByteByByte();
            await using var imap = await server.ConnectAsync();
            var listed = await imap.ListAsync(withStatus: false, default);
            Assert.Equal(["First", "INBOX", "Last one"], listed.Where(m => !m.IsUnreadable).Select(m => m.Name.Text).Order(StringComparer.Ordinal));
            Assert.Equal(name, Assert.Single(listed, m => m.IsUnreadable).Name.Wire);
            await imap.NoopAsync(default);
            await server.FinishedAsync();
        }
    }

    [Theory]
    [InlineData("* LIST () \"/\" {9}")]
    [InlineData("* LIST () \"/\" {17}")]
    [InlineData("* LIST () \"/\" {x}")]
    [InlineData("* LIST () \"/\" \"Broken")]
    public async Task Broken_line_before_the_end_leaves_the_end(string line)
    {
        await using var server = Listing("* LIST () \"/\" First", line, "A1 OK done");
        await using var imap = await server.ConnectAsync();
        var listed = await imap.ListAsync(withStatus: false, default);
        Assert.Equal(["First", "INBOX"], listed.Where(m => !m.IsUnreadable).Select(m => m.Name.Text).Order(StringComparer.Ordinal));
        await imap.NoopAsync(default);
    }

    [Theory]
    [InlineData("* LIST () \"/\" \"B\u00c3\u00bcro\"")]
    [InlineData("* LIST () \"/\" B\u00fcro")]
    [InlineData("* LIST () \"/\" \"\u00ff\u00fe\"")]
    [InlineData("* LIST () \"/\" \"a \"quoted\"word\"")]
    [InlineData("* LIST () \"/\" [Gmail]")]
    [InlineData("* LIST () \"\" Flat")]
    [InlineData("* list (\\Marked keyword)  NIL  {3}\r\na b (\"OLDNAME\" (\"old\")) ")]
    public async Task Odd_line_that_can_be_read_is_kept(string line)
    {
        await using var server = Listing(line, "A1 OK done");
        await using var imap = await server.ConnectAsync();
        var listed = await imap.ListAsync(withStatus: false, default);
        Assert.Equal((2, false), (listed.Count, listed.Any(m => m.IsUnreadable)));
    }

    [Fact]
    public async Task Line_without_an_end_and_more_lines_than_are_named_are_left_out_in_little_memory()
    {
        var many = Enumerable.Range(1, 150).Select(n => $"* LIST () \"/\" (no{n})");
        await using var server = Listing([$"* LIST () \"/\" \"{new string('x', 100_000)}\"", .. many, "* LIST () \"/\" Last", "A1 OK done"]);
        await using var imap = await server.ConnectAsync();
        var listed = await imap.ListAsync(withStatus: false, default);
        Assert.Equal(["INBOX", "Last"], listed.Where(m => !m.IsUnreadable).Select(m => m.Name.Text).Order(StringComparer.Ordinal));
        Assert.Equal(100, listed.Count(m => m.IsUnreadable));
    }

    private static ScriptedImapServer Listing(params string[] lines) =>
        new ScriptedImapServer().In("IMAP4rev1").On("A1 LIST \"\" \"*\"", lines).On("A2 NOOP", "A2 OK done");
}
