namespace Postmill.Domain.Access;

/// <summary>One thing that somebody did, or tried. Never a secret, never the body of a mail.</summary>
/// <param name="Actor">Who: <c>user:{id}</c>, <c>key:{id}</c>, <c>anonymous</c> or <c>system</c>.</param>
/// <param name="Action">What, as <c>feature.verb</c>.</param>
/// <param name="Subject">To what: an id or an address.</param>
/// <param name="Outcome"><c>done</c> or the code of the refusal.</param>
/// <param name="DetailJson">A JSON object.</param>
public sealed record AuditLine(Guid? UserId, Guid? AccountId, string Actor, string Action, string Subject, string Outcome, string DetailJson = "{}")
{
    /// <summary>The code of a failure; null where nothing failed.</summary>
    public string? Code { get; init; }
}
