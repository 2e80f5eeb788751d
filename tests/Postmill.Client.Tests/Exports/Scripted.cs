using Postmill.Client.Tests.Http;

namespace Postmill.Client.Tests.Exports;

/// <summary>What a service says of an export of ten bytes, <c>0123456789</c>.</summary>
internal static class Scripted
{
    public static Func<ScriptedRequest, Task> Made => ScriptedServer.Json(202, """{"success":true,"data":{"task_id":"t","job_id":"j","export_id":"e","status":"queued"}}""");

    public static Func<ScriptedRequest, Task> Deleted => ScriptedServer.Json(200, """{"success":true}""");

    /// <summary>A line that breaks in the middle of an answer.</summary>
    public static Func<ScriptedRequest, Task> Cut => request => request.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\n{");

    public static Func<ScriptedRequest, Task> Export(string state, int? done = null, string error = "null")
    {
        var progress = done is null ? "null" : $$"""{"done":{{done}},"total":2,"bytes":1}""";
        var why = $"\"last_error_code\":{error},\"last_error_detail\":{error}";
        const string times = "\"created_at\":\"2026-05-27T12:00:00Z\",\"expires_at\":\"2026-05-29T12:00:00Z\"";
        const string ids = "\"id\":\"e\",\"account_id\":\"a\",\"job_id\":\"j\",\"format\":\"mbox\",\"messages\":2,\"size\":10";
        var export = $"{{{ids},\"state\":\"{state}\",{times},\"progress\":{progress},{why}}}";
        return ScriptedServer.Json(200, $"{{\"success\":true,\"export\":{export}}}");
    }

    /// <param name="from">The first byte.</param>
    /// <param name="given">How many of those that it promises come.</param>
    /// <param name="tag">Entity tag.</param>
    public static Func<ScriptedRequest, Task> Content(int from, int given, string tag = "\"abc\"") => request => request.WriteAsync(
        $"HTTP/1.1 {(from == 0 ? "200 OK" : $"206 Partial\r\nContent-Range: bytes {from}-9/10")}\r\nETag: {tag}\r\nContent-Disposition: attachment; filename=\"mine.mbox\"\r\n"
        + $"Content-Length: {10 - from}\r\nConnection: close\r\n\r\n{"0123456789".Substring(from, given)}");
}
