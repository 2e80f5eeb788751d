namespace Postmill.Domain.Sending;

/// <summary>Which of an account's waiting mails go first; a number in the job's row, lower before higher.</summary>
public enum SendLane
{
    /// <summary>Somebody wrote it and waits.</summary>
    Single = 0,

    /// <summary>One of many.</summary>
    Bulk = 1,
}
