namespace Postmill.Host.Tests.Generated;

/// <summary>Ids that exist: of the caller, and of another user.</summary>
internal sealed class GeneratedIds(IReadOnlyDictionary<string, string[]> own, IReadOnlyList<string> foreign)
{
    private readonly string[] _all = [.. own.Where(o => !o.Key.StartsWith("deleted ", StringComparison.Ordinal)).SelectMany(o => o.Value)];

    /// <summary>
    /// For a place in a path; its name mostly says which kind of id belongs there. What deletes has ids of its own, so that the others last. Lists of the same
    /// length belong together: with the same <paramref name="turn"/> a part is one of the mail beside it.
    /// </summary>
    public string For(ApiOperation operation, string name, int turn, Random random)
    {
        var kind = name is "id" ? operation.Path.Split('/').TakeWhile(s => s != "{id}").Last() : name;
        var deletes = operation.Method == "DELETE" || operation.Path.EndsWith("search-delete", StringComparison.Ordinal);
        if (random.Next(4) == 0) return deletes ? Unknown(random) : Any(random);
        return own.TryGetValue(deletes ? $"deleted {kind}" : kind, out var fitting) ? fitting[turn % fitting.Length] : Unknown(random);
    }

    public string Any(Random random) => random.Next(2) == 0 ? Unknown(random) : _all[random.Next(_all.Length)];

    private string Unknown(Random random) => random.Next(3) switch
    {
        0 => foreign[random.Next(foreign.Count)],
        1 => new Guid(Enumerable.Range(0, 16).Select(_ => (byte)random.Next(256)).ToArray()).ToString(),
        _ => HostileText.Any(random),
    };
}
