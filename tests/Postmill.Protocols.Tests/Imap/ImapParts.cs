using System.Text;
using Postmill.Protocols.Imap;
using Postmill.Protocols.Imap.Wire;
using Postmill.Protocols.Net;

namespace Postmill.Protocols.Tests.Imap;

/// <summary>Small things the IMAP tests share.</summary>
internal static class ImapParts
{
    public static async Task<MailServerException> FaultOf(Func<Task> action, MailFault fault)
    {
        var thrown = await Assert.ThrowsAsync<MailServerException>(action);
        Assert.Equal(fault, thrown.Fault);
        return thrown;
    }

    public static async Task<List<ImapFetched>> FetchAsync(this ImapConnection imap, UidSet uids, FetchItems items, FetchOptions? options = null)
    {
        var all = new List<ImapFetched>();
        await foreach (var message in imap.UidFetchAsync(uids, items, options)) all.Add(message);
        return all;
    }

    public static ImapResponse Response(string latin1)
    {
        var response = new ImapResponse();
        response.Bytes.Append(Encoding.Latin1.GetBytes(latin1));
        return response;
    }

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
