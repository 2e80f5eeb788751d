using System.Runtime.CompilerServices;

namespace Postmill.Client.Http;

/// <summary>A list that the service gives page by page.</summary>
internal static class Pages
{
    /// <param name="fetch">The page behind a cursor; null: the first.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async IAsyncEnumerable<T> FollowAsync<T>(
        Func<string?, CancellationToken, Task<(IReadOnlyList<T> Items, string? Next)>> fetch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? cursor = null;
        do
        {
            var (items, next) = await fetch(cursor, cancellationToken).ConfigureAwait(false);
            // Either would let a wrong server keep us asking for ever without giving anything.
            if (next is not null && (next == cursor || items.Count == 0)) throw new PostmillException("bad_answer", "the list does not come to an end");
            foreach (var item in items) yield return item;
            cursor = next;
        }
        while (cursor is not null);
    }
}
