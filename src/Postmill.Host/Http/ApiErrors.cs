namespace Postmill.Host.Http;

/// <summary>Every kind of refusal that leaves the process, and its status. Texts are for people, codes for programs.</summary>
internal static class ApiErrors
{
    public static ApiError BadRequest(FieldErrors fields) => new(400, "validation_failed", fields.ToString()) { Fields = fields };

    public static ApiError BadRequest(string field, string problem) => BadRequest(new FieldErrors().Add(field, problem));

    /// <summary>A 400 that is about no single field, with a code of its own (<c>imap_verification_failed</c>).</summary>
    public static ApiError Refused(string code, string text) => new(400, code, text) { Fields = new FieldErrors().AddForm(text) };

    public static ApiError Malformed(string text) => Refused("malformed_json", text);

    public static ApiError Unauthorized(string text = "sign in first") => new(401, "unauthorized", text);

    public static ApiError Forbidden(string code, string text) => new(403, code, text);

    public static ApiError NotFound(string code = "not_found", string text = "there is no such resource") => new(404, code, text);

    public static ApiError Worker() => new(404, "worker", "this is a worker: it serves /health alone; ask a node whose Postmill:Cluster:Role is front or all");

    public static ApiError MethodNotAllowed() => new(405, "method_not_allowed", "this route does not know this method");

    public static ApiError RequestTimeout() => new(408, "request_timeout", "the request arrived too slowly");

    public static ApiError Conflict(string code, string text) => new(409, code, text);

    public static ApiError PreconditionFailed() => new(412, "precondition_failed", "it has changed since you read it: read it again and decide again");

    public static ApiError TooLarge() => new(413, "too_large", "the request body is larger than this route accepts");

    public static ApiError MailTooLarge(string text) => new(413, "mail_too_large", text);

    public static ApiError NotJson() => new(415, "unsupported_media_type", "the body must be JSON: send Content-Type: application/json");

    public static ApiError RangeNotSatisfiable() => new(416, "range_not_satisfiable", "the content has no such range");

    public static ApiError Unprocessable(string code, string text) => new(422, code, text);

    public static ApiError TooMany(TimeSpan retryAfter, string text = "too many requests", string code = "rate_limited") => new(429, code, text) { RetryAfter = retryAfter };

    public static ApiError Internal() => new(500, "internal_error", "something went wrong on our side");

    /// <summary>502: the mail server (or another one behind us) failed. The text holds its reason, never a credential.</summary>
    public static ApiError MailServer(string code, string text) => new(502, code, text);

    public static ApiError Starting() => new(503, "starting", "the service is starting") { RetryAfter = TimeSpan.FromSeconds(1) };

    public static ApiError Draining() => new(503, "draining", "this node is shutting down, try again") { RetryAfter = TimeSpan.FromSeconds(1) };

    /// <summary>No silo that runs grains could be asked: none lives, or its port is out of reach. Nothing has happened.</summary>
    public static ApiError Unreachable() => new(503, "node_unreachable", "the node that does this cannot be reached, try again") { RetryAfter = TimeSpan.FromSeconds(2) };

    /// <summary>Between a lost silo and the account's next owner.</summary>
    public static ApiError Moving() => new(503, "account_moving", "the account is being taken over by another node, try again") { RetryAfter = TimeSpan.FromSeconds(2) };

    public static ApiError StorageUnavailable() => new(503, "storage_unavailable", "the database cannot be reached, try again") { RetryAfter = TimeSpan.FromSeconds(5) };

    /// <summary>503: stopped, so that one search does not stand in the way of everybody.</summary>
    public static ApiError SearchTooSlow(string text) => new(503, "search_too_slow", $"{text}; look for a rarer word, or within a folder or a time");

    /// <summary>504: no answer in time. What was asked for may still happen.</summary>
    public static ApiError Timeout() => new(504, "timeout", "no answer in time; the outcome is not known");
}
