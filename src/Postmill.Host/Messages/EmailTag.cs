using Postmill.Adapters.Postgres.Messages.Reading;
using Postmill.Host.Http;
using Postmill.Host.Jobs;

namespace Postmill.Host.Messages;

/// <summary>The entity tag of one mail: a hash of what a client is shown of it, so that it changes with every edit and every word of the server.</summary>
internal static class EmailTag
{
    public static string Of(EmailMessage email) => EntityTags.Of(email);

    /// <summary>The mail with its tag; 304 without it when the client has it already. The tag is the mail's alone.</summary>
    public static IResult Answer(HttpContext http, EmailMessage email, int status = StatusCodes.Status200OK, EnqueuedJson? provider = null)
    {
        var tag = Of(email);
        http.Response.Headers.ETag = tag;
        var reads = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method);
        var known = reads && EntityTags.Names(http.Request.Headers.IfNoneMatch.ToString(), tag, weak: true);
        return known ? Results.StatusCode(StatusCodes.Status304NotModified) : Results.Json(new EmailAnswer(email) { Provider = provider }, statusCode: status);
    }

    public static Func<StoredEmail, bool> Condition(HttpRequest request) => email => EntityTags.Matches(request, () => Of(EmailMessage.Of(email)));
}
