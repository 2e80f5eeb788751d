using System.Text;

namespace Tidy.Tests;

/// <summary>The checked-in file: <c>name = meaning</c>, and <c>retired name</c>.</summary>
internal sealed class ContractListing(SortedDictionary<string, string> living, SortedSet<string> retired)
{
    private const string Head = """
        # Names that other silos, stored rows and clients know. Append-only: what leaves is retired and never used again.
        # Written by tests/Tidy.Tests; see ContractTests for how to change it.

        """;

    public static ContractListing Empty => Parse("");

    public IReadOnlyCollection<string> Retired => retired;

    public static ContractListing Parse(string text)
    {
        var living = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var retired = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n').Where(l => l.Length > 0 && l[0] != '#'))
            if (line.StartsWith("retired ", StringComparison.Ordinal)) retired.Add(line["retired ".Length..]);
            else living.Add(line[..line.IndexOf(" = ", StringComparison.Ordinal)], line[(line.IndexOf(" = ", StringComparison.Ordinal) + 3)..]);
        return new ContractListing(living, retired);
    }

    public IReadOnlyList<string> DifferencesTo(IReadOnlyDictionary<string, string> now)
    {
        var differences = new List<string>();
        foreach (var name in living.Keys.Union(now.Keys).Order(StringComparer.Ordinal))
        {
            var before = living.GetValueOrDefault(name);
            var after = now.GetValueOrDefault(name);
            if (before == after) continue;
            if (before is not null) differences.Add($"- {name} = {before}");
            if (after is not null) differences.Add($"+ {name} = {after}");
        }

        return differences;
    }

    public ContractListing MovedTo(IReadOnlyDictionary<string, string> now) => new(
        new SortedDictionary<string, string>(now.ToDictionary(), StringComparer.Ordinal),
        new SortedSet<string>(retired.Concat(living.Keys.Except(now.Keys)), StringComparer.Ordinal));

    public override string ToString()
    {
        var text = new StringBuilder(Head);
        foreach (var (name, meaning) in living) text.Append(name).Append(" = ").Append(meaning).Append('\n');
        foreach (var name in retired) text.Append("retired ").Append(name).Append('\n');
        return text.ToString();
    }
}
