using System.Globalization;
using Microsoft.Net.Http.Headers;
using Postmill.Adapters.Postgres.Messages.Exporting;
using Postmill.Domain.Access;
using Postmill.Domain.Jobs;
using Postmill.Domain.Messages;
using Postmill.Host.Access;
using Postmill.Host.Accounts;
using Postmill.Host.Http;
using Postmill.Host.Http.Idempotency;
using Postmill.Host.Jobs;

namespace Postmill.Host.Messages.Exports;

/// <summary>An account's mail as one file: asked for, made as a job, downloaded with ranges. The mail of a disconnected account too.</summary>
internal static class ExportRoutes
{
    // Part of the ETag: what changes the octets of an export that stands changes this.
    private const int Layout = 1;
    private static readonly string[] Reads = [HttpMethods.Get, HttpMethods.Head];

    public static void MapExports(this IEndpointRouteBuilder routes)
    {
        var reads = routes.MapGroup("/api").RequireSession(Role.View).WithTags("Exports");
        reads.MapGet("/accounts/{accountId}/exports", ListAsync).WithSummary("Exports of an account, newest first").Produces<ExportListAnswer>().ProducesErrors(400, 404);
        reads.MapGet("/exports/{exportId}", OneAsync).WithSummary("One export: how far it is, and its size when it is ready").Produces<ExportAnswer>().ProducesErrors(404);
        reads.MapMethods("/exports/{exportId}/content", Reads, ContentAsync).WithSummary("Its file; ranges are served, so that a download goes on where it was cut")
            .Produces(200, contentType: "application/octet-stream").ProducesErrors(404, 409);
        var edits = routes.MapGroup("/api").RequireSession(Role.Edit).WithTags("Exports");
        edits.MapPost("/accounts/{accountId}/exports", MakeAsync).WithSummary("Make an mbox or a zip of an account's mail, as a task")
            .Accepts<MakeExport>("application/json").Produces<ExportAddedAnswer>(202).ProducesErrors(400, 404, 409).WithIdempotency(AfterLoss.RunAgain);
        edits.MapDelete("/exports/{exportId}", DeleteAsync).WithSummary("Delete it; one that is being made stops").Produces<DoneAnswer>().ProducesErrors(404);
    }

    private static async Task<IResult> MakeAsync(HttpContext http, string accountId, ExportBook exports)
    {
        var body = await JsonBody.ReadAsync<MakeExport>(http);
        if (body.IsRefused) return body.Refusal;
        if (!Guid.TryParse(accountId, out var account)) return AccountRoutes.NotFound();
        var format = ExportFormats.Of(body.Value.Format)!.Value; // checked
        return await exports.AddAsync(http.UserId(), account, format, body.Value.Filter?.ToFilter() ?? new EmailFilter(), http.Actor(), http.RequestAborted) switch
        {
            ExportAdding.Added { ExportId: var id, Job: var job } => TypedResults.Json(
                new ExportAddedAnswer(true, new ExportAddedJson(job.TaskId, job.Id, id, job.State.Word())), statusCode: StatusCodes.Status202Accepted),
            ExportAdding.NotThere => AccountRoutes.NotFound(),
            ExportAdding.TooMany { Most: var most } => ApiErrors.Conflict(
                "too_many_exports", string.Create(CultureInfo.InvariantCulture, $"this account has {most} exports; delete one, or wait until one expires")),
            _ => throw new InvalidOperationException("ExportAdding is closed"),
        };
    }

    private static async Task<IResult> ListAsync(HttpContext http, string accountId, ExportBook exports)
    {
        var asked = ListQuery.Read(http.Request);
        if (asked.IsRefused) return asked.Refusal;
        if (!Guid.TryParse(accountId, out var account)) return AccountRoutes.NotFound();
        return await exports.ListAsync(http.UserId(), account, asked.Value.Below, asked.Value.Page.Limit, asked.Value.Page.Offset, http.RequestAborted) is { } found
            ? TypedResults.Ok(new ExportListAnswer(true, [.. found.Rows.Select(ExportJson.Of)], ListQuery.Next(found, export => export.Id)))
            : AccountRoutes.NotFound();
    }

    private static async Task<IResult> OneAsync(HttpContext http, string exportId, ExportBook exports) =>
        await FindAsync(http, exportId, exports) is { } export ? TypedResults.Ok(new ExportAnswer(true, ExportJson.Of(export))) : NotFound();

    private static async Task<IResult> ContentAsync(HttpContext http, string exportId, ExportBook exports)
    {
        if (await FindAsync(http, exportId, exports) is not { } export) return NotFound();
        if (export.File is not { } file)
        {
            return JobPolicy.IsOpen(export.Job.State)
                ? ApiErrors.Conflict("export_not_ready", "this export is still being made; ask for it until its state is succeeded")
                : ApiErrors.Conflict("export_failed", $"this export is {export.Job.State.Word()}; retry its job, or ask for another one");
        }

        ContentHeaders.SetAttachment(http.Response, Name(export));
        var tag = new EntityTagHeaderValue(string.Create(CultureInfo.InvariantCulture, $"\"{export.Id:N}-{Layout}\""));
        return Results.Stream(exports.Open(file), Type(export.Format), lastModified: export.Job.EndedAt, entityTag: tag, enableRangeProcessing: true);
    }

    private static async Task<IResult> DeleteAsync(HttpContext http, string exportId, ExportBook exports)
    {
        if (await FindAsync(http, exportId, exports) is not { } export) return NotFound();
        var line = new AuditLine(http.UserId(), export.Job.AccountId, http.Actor(), "export.deleted", export.Id.ToString(), "done");
        return await exports.DeleteAsync(export, line, http.RequestAborted) ? TypedResults.Ok(DoneAnswer.Instance) : NotFound();
    }

    private static async Task<StoredExport?> FindAsync(HttpContext http, string exportId, ExportBook exports) =>
        Guid.TryParse(exportId, out var id) ? await exports.FindAsync(http.UserId(), id, http.RequestAborted) : null;

    private static string Type(ExportFormat format) => format switch
    {
        ExportFormat.Mbox => "application/mbox", // RFC 4155
        ExportFormat.Zip => "application/zip",
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, null),
    };

    private static string Name(StoredExport export) =>
        string.Create(CultureInfo.InvariantCulture, $"{export.Email}-{export.Job.CreatedAt.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}.{export.Format.Word()}");

    private static ApiError NotFound() => ApiErrors.NotFound("export_not_found", "there is no such export");
}
