namespace Postmill.Domain.Access;

/// <summary>The closed list of what an API key may be allowed to do.</summary>
public static class ApiKeyScopes
{
    public const string Read = "read";
    public const string Contacts = "contacts";
    public const string Send = "send";
    public const string Campaigns = "campaigns";

    public static IReadOnlyList<string> All { get; } = [Read, Contacts, Send, Campaigns];

    /// <summary>A key never does more than its owner may do now: scopes above the owner's role are void.</summary>
    public static IReadOnlyList<string> Within(Role role, IEnumerable<string> scopes) => [.. scopes.Where(s => RoleFor(s) <= role)];

    public static Role RoleFor(string scope) => scope switch
    {
        Read => Role.View,
        Contacts => Role.Edit,
        Send or Campaigns => Role.Send,
        _ => throw new ArgumentOutOfRangeException(nameof(scope), scope, "no such scope"),
    };
}
