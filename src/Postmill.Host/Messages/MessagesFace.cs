using Postmill.Adapters.Postgres.Messages.Editing;
using Postmill.Adapters.Postgres.Messages.Exporting;
using Postmill.Adapters.Postgres.Messages.Reading;
using Postmill.Adapters.Postgres.Messages.Reindexing;
using Postmill.Domain.Access;
using Postmill.Host.Access;
using Postmill.Host.Cluster;
using Postmill.Host.Http;
using Postmill.Host.Http.Idempotency;
using Postmill.Host.Messages.Exports;
using Postmill.Host.Settings;

namespace Postmill.Host.Messages;

/// <summary>Reading, finding and editing stored mail (S4).</summary>
internal static class MessagesFace
{
    private static readonly string[] Reads = [HttpMethods.Get, HttpMethods.Head];
    private static readonly string[] Paths = ["/api/emails/{emailId}", "/api/accounts/{accountId}/emails/{emailId}"];

    public static void AddMessages(this WebApplicationBuilder builder)
    {
        builder.AddSettings<ExportOptions>("Exports");
        builder.Services.AddMessageReading().AddMessageEditing().AddMessageExporting();
        builder.AddSettings<ReindexOptions>("Search");
        if (builder.Cluster().Role != ClusterRole.Front) builder.Services.AddExportRunner().AddMessageReindexing();
    }

    public static void MapMessages(this WebApplication app)
    {
        app.MapExports();
        var emails = app.MapGroup("").RequireSession(Role.View).WithTags("Emails");
        emails.MapGet("/api/accounts/{accountId}/emails", EmailRoutes.ListAsync)
            .WithSummary("List an account's mail, newest first, without bodies").Produces<EmailListAnswer>().ProducesErrors(400, 404);
        emails.MapPost("/api/accounts/{accountId}/emails/search", SearchRoutes.SearchAsync)
            .WithSummary("Find mail by words, addresses and what is known of it; ranked or newest first, without bodies")
            .Accepts<SearchEmails>("application/json").Produces<EmailListAnswer>().ProducesErrors(400, 404, 503);
        emails.MapGet("/api/accounts/{accountId}/folders", AccountMailRoutes.FoldersAsync)
            .WithSummary("The account's folders and how many mails they show").Produces<FolderListAnswer>().ProducesErrors(404, 503);
        emails.MapGet("/api/accounts/{accountId}/threads", AccountMailRoutes.ThreadsAsync)
            .WithSummary("The account's threads, the one with the newest mail first").Produces<ThreadListAnswer>().ProducesErrors(400, 404, 503);
        var edits = app.MapGroup("").RequireSession(Role.Edit).WithTags("Emails");
        edits.MapPost("/api/accounts/{accountId}/emails", RecordRoutes.CreateAsync)
            .WithSummary("Write down a mail; nothing is sent").Accepts<CreateEmail>("application/json").Produces<EmailAnswer>(201).ProducesErrors(400, 404, 409)
            .WithIdempotency(AfterLoss.Refuse);
        edits.MapPost("/api/accounts/{accountId}/emails/search-delete", RecordRoutes.SearchDeleteAsync)
            .WithSummary("Delete the records of all mail that is found; the server's mail stays").Accepts<DeleteFound>("application/json").Produces<DeletedAnswer>().ProducesErrors(400, 404, 503)
            .WithIdempotency(AfterLoss.RunAgain);
        foreach (var email in Paths)
        {
            edits.MapPatch(email, EditRoutes.ChangeAsync).WithSummary("Change the record: read, starred, folder, tags, notes; with provider=true the server's mail too, else it stays as it is")
                .Accepts<ChangeEmail>("application/json").Produces<EmailAnswer>().ProducesErrors(400, 404, 409, 412);
            edits.MapDelete(email, EditRoutes.DeleteAsync).WithSummary("Delete the record for good; with provider=true the server's mail goes to its trash, or out of it, else it stays")
                .Produces<DeletedEmailAnswer>().ProducesErrors(400, 404, 409, 412);
            emails.MapGet(email, EmailRoutes.OneAsync).WithSummary("One mail without its body").Produces<EmailAnswer>().ProducesErrors(404);
            emails.MapGet(email + "/body", EmailRoutes.BodyAsync).WithSummary("Text, HTML and header fields").Produces<BodyAnswer>().ProducesErrors(404, 409);
            emails.MapGet(email + "/parts", EmailRoutes.PartsAsync).WithSummary("The parts: attachments, embeds, texts").Produces<PartListAnswer>().ProducesErrors(404);
            emails.MapMethods(email + "/parts/{partId}/content", Reads, ContentRoutes.PartAsync).WithSummary("Decoded content of one part; ranges are served")
                .Produces(200, contentType: "application/octet-stream").ProducesErrors(404, 409);
            emails.MapMethods(email + "/raw", Reads, ContentRoutes.RawAsync).WithSummary("The mail as it came; ranges are served")
                .Produces(200, contentType: "message/rfc822").ProducesErrors(404);
        }
    }
}
