namespace Postmill.Domain.Jobs;

/// <summary>States and causes as they stand in the table and in answers.</summary>
public static class JobWords
{
    /// <summary>Every state, in the order of <see cref="JobState"/>.</summary>
    public static readonly IReadOnlyList<string> States = [.. Enum.GetValues<JobState>().Select(Word)];

    public static string Word(this JobState state) => state switch
    {
        JobState.Queued => "queued",
        JobState.Running => "running",
        JobState.Retrying => "retrying",
        JobState.Succeeded => "succeeded",
        JobState.Failed => "failed",
        JobState.Uncertain => "uncertain",
        JobState.Resolved => "resolved",
        JobState.Cancelled => "cancelled",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    public static string Word(this JobCause cause) => cause switch
    {
        JobCause.User => "user",
        JobCause.Post => "post",
        JobCause.Connect => "connect",
        JobCause.Schedule => "schedule",
        _ => throw new ArgumentOutOfRangeException(nameof(cause), cause, null),
    };

    public static JobState State(string word) => Enum.GetValues<JobState>().Single(state => state.Word() == word);

    public static JobCause Cause(string word) => Enum.GetValues<JobCause>().Single(cause => cause.Word() == word);
}
