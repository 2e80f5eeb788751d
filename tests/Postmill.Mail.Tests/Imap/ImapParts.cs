using System.Text;
using Postmill.Mail.Imap;
using Postmill.Mail.Net;

namespace Postmill.Mail.Tests.Imap;

/// <summary>Small things the IMAP tests share.</summary>
internal static class ImapParts
{
    public static async Task<MailServerException> FaultOf(Func<Task> action, MailFault fault)
    {
        var thrown = await Assert.ThrowsAsync<MailServerException>(action);
        Assert.Equal(fault, thrown.Fault);
        return thrown;
    }

    public static async Task<List<ImapMail>> MailsAsync(this ImapConnection imap, UidSet uids, int largest = 1_000_000, Action<uint, ImapRefusal>? refused = null)
    {
        var all = new List<ImapMail>();
        await foreach (var mail in imap.FetchMailsAsync(uids, largest, refused ?? ((uid, refusal) => throw new InvalidOperationException($"{uid}: {refusal.Text}")))) all.Add(mail);
        return all;
    }

    public static async Task<List<ImapFlags>> FlagsAsync(this ImapConnection imap, UidSet uids, long? changedSince = null, bool bySearch = false)
    {
        var all = new List<ImapFlags>();
        await foreach (var message in imap.FetchFlagsAsync(uids, changedSince, bySearch)) all.Add(message);
        return all;
    }

    public static UidSet Uids(string text) => UidSet.TryParse(text)!;

    /// <summary>Moves the clock until the operation ends; how far does not matter to the test.</summary>
    public static async Task<T> Pass<T>(this Task<T> task, Postmill.Testing.ManualClock clock)
    {
        while (!task.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        return await task;
    }

    public static async Task Pass(this Task task, Postmill.Testing.ManualClock clock)
    {
        while (!task.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        await task;
    }
}
