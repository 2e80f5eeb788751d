using Postmill.Adapters.Postgres.Jobs;
using Postmill.Domain.Access;
using Postmill.Domain.Jobs;
using Postmill.Grains.Jobs;
using Postmill.Host.Access;
using Postmill.Host.Accounts;
using Postmill.Host.Http;
using Postmill.Host.Http.Idempotency;

namespace Postmill.Host.Jobs;

/// <summary>Tasks and jobs (S4): lists, one, and what a person does to them.</summary>
internal static class JobRoutes
{
    public static void MapJobRoutes(this IEndpointRouteBuilder routes)
    {
        var reads = routes.MapGroup("/api").RequireSession(Role.View).WithTags("Jobs");
        reads.MapGet("/accounts/{id}/tasks", TasksAsync).WithSummary("Tasks of an account, newest first; state and kind filter").Produces<TaskListAnswer>().ProducesErrors(400, 404);
        reads.MapGet("/accounts/{id}/jobs", JobsAsync).WithSummary("Jobs of an account, newest first; state and kind filter").Produces<JobListAnswer>().ProducesErrors(400, 404);
        reads.MapGet("/tasks/{id}", TaskAsync).WithSummary("One task and where its newest job stands").Produces<TaskAnswer>().ProducesErrors(404);
        reads.MapGet("/jobs/{id}", JobAsync).WithSummary("One job").Produces<JobAnswer>().ProducesErrors(404);
        var acts = routes.MapGroup("/api").RequireSession(Role.Edit).WithTags("Jobs");
        acts.MapPost("/jobs/{id}/retry", (string id, HttpContext http, JobDesk desk) => ActAsync(id, http, desk.RetryAsync))
            .WithSummary("Run it again now").Produces<JobAnswer>().ProducesErrors(404, 409);
        acts.MapPost("/jobs/{id}/resolve", (string id, HttpContext http, JobDesk desk) => ActAsync(id, http, desk.ResolveAsync))
            .WithSummary("Say that a failed or uncertain job is settled").Produces<JobAnswer>().ProducesErrors(404, 409);
        acts.MapPost("/jobs/{id}/cancel", (string id, HttpContext http, JobDesk desk) => ActAsync(id, http, desk.CancelAsync))
            .WithSummary("Cancel it; a run that serves nobody else stops").Produces<JobAnswer>().ProducesErrors(404, 409);
        acts.MapPost("/tasks/{id}/trigger", TriggerAsync).WithSummary("One more job of the task").Produces<EnqueuedAnswer>(202).ProducesErrors(404, 409)
            .WithIdempotency(AfterLoss.RunAgain);
    }

    private static async Task<IResult> JobsAsync(string id, HttpContext http, JobQueries jobs)
    {
        var asked = ListQuery.Read(http.Request);
        if (asked.IsRefused) return asked.Refusal;
        var (page, below, filter) = (asked.Value.Page, asked.Value.Below, asked.Value.Filter);
        if (!Guid.TryParse(id, out var account)) return AccountRoutes.NotFound();
        return await jobs.JobsAsync(http.UserId(), account, filter, below, page.Limit, page.Offset, http.RequestAborted) is { } found
            ? TypedResults.Ok(new JobListAnswer(true, [.. found.Rows.Select(JobJson.Of)], ListQuery.Next(found, job => job.Id)))
            : AccountRoutes.NotFound();
    }

    private static async Task<IResult> TasksAsync(string id, HttpContext http, JobQueries jobs)
    {
        var asked = ListQuery.Read(http.Request);
        if (asked.IsRefused) return asked.Refusal;
        var (page, below, filter) = (asked.Value.Page, asked.Value.Below, asked.Value.Filter);
        if (!Guid.TryParse(id, out var account)) return AccountRoutes.NotFound();
        return await jobs.TasksAsync(http.UserId(), account, filter, below, page.Limit, page.Offset, http.RequestAborted) is { } found
            ? TypedResults.Ok(new TaskListAnswer(true, [.. found.Rows.Select(TaskJson.Of)], ListQuery.Next(found, task => task.Id)))
            : AccountRoutes.NotFound();
    }

    private static async Task<IResult> JobAsync(string id, HttpContext http, JobQueries jobs) =>
        Guid.TryParse(id, out var jobId) && await jobs.JobAsync(http.UserId(), jobId, http.RequestAborted) is { } job
            ? TypedResults.Ok(new JobAnswer(true, JobJson.Of(job)))
            : JobNotFound();

    private static async Task<IResult> TaskAsync(string id, HttpContext http, JobQueries jobs) =>
        Guid.TryParse(id, out var taskId) && await jobs.TaskAsync(http.UserId(), taskId, http.RequestAborted) is { } task
            ? TypedResults.Ok(new TaskAnswer(true, TaskJson.Of(task)))
            : TaskNotFound();

    private static async Task<IResult> TriggerAsync(string id, HttpContext http, JobDesk desk) => Guid.TryParse(id, out var taskId)
        ? EnqueueRoutes.Answer(await desk.TriggerAsync(http.UserId(), taskId, http.Actor(), http.RequestAborted), TaskNotFound)
        : TaskNotFound();

    private static async Task<IResult> ActAsync(string id, HttpContext http, Func<Guid, Guid, string, CancellationToken, Task<JobOutcome>> act)
    {
        if (!Guid.TryParse(id, out var jobId)) return JobNotFound();
        return await act(http.UserId(), jobId, http.Actor(), http.RequestAborted) switch
        {
            JobOutcome.Done { Job: var job } => TypedResults.Ok(new JobAnswer(true, JobJson.Of(job))),
            JobOutcome.NotFound => JobNotFound(),
            JobOutcome.Refused { Refusal: var refusal } => ApiErrors.Conflict(refusal.Code, refusal.Text),
            _ => throw new InvalidOperationException("JobOutcome is closed"),
        };
    }

    private static ApiError JobNotFound() => ApiErrors.NotFound("job_not_found", "there is no such job");

    private static ApiError TaskNotFound() => ApiErrors.NotFound("task_not_found", "there is no such task");
}
