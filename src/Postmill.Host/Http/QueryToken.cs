namespace Postmill.Host.Http;

/// <summary>The <c>?token=</c> of a request, kept apart: <see cref="TokenHidingContextFactory"/> takes it out of the URL before anybody can log it.</summary>
internal sealed record QueryToken(string Value)
{
    private const string Name = "token";

    /// <summary>The query without the parameter, and its decoded value; the first wins if there are several.</summary>
    public static (string Query, QueryToken? Token) Split(string query)
    {
        if (!query.Contains(Name, StringComparison.OrdinalIgnoreCase)) return (query, null);
        QueryToken? token = null;
        var kept = new List<string>();
        foreach (var pair in query.TrimStart('?').Split('&'))
        {
            var end = pair.IndexOf('=', StringComparison.Ordinal);
            var name = Uri.UnescapeDataString(end < 0 ? pair : pair[..end]);
            if (!name.Equals(Name, StringComparison.OrdinalIgnoreCase)) kept.Add(pair);
            else token ??= new QueryToken(end < 0 ? "" : Uri.UnescapeDataString(pair[(end + 1)..].Replace('+', ' ')));
        }
        if (token is null) return (query, null);
        return (kept.Count == 0 ? "" : "?" + string.Join('&', kept), token);
    }
}
