using Postmill.Adapters.Postgres.Messages.Reading;
using Postmill.Host.Access;

namespace Postmill.Host.Messages;

/// <summary>The mail that a path names: <c>/api/emails/{emailId}…</c> or <c>/api/accounts/{accountId}/emails/{emailId}…</c>.</summary>
internal static class EmailPath
{
    /// <summary>Null when an id is none of ours.</summary>
    public static EmailAddressing? Read(HttpContext http)
    {
        var values = http.Request.RouteValues;
        if (!Guid.TryParse(values["emailId"] as string, out var email)) return null;
        if (!values.TryGetValue("accountId", out var named)) return new EmailAddressing(http.CurrentUser().Id, null, email);
        return Guid.TryParse(named as string, out var account) ? new EmailAddressing(http.CurrentUser().Id, account, email) : null;
    }
}
