using Postmill.Host.Http;

namespace Postmill.Host.Accounts;

/// <summary>The entity tag of an account: of what PATCH changes. That it syncs does not change it.</summary>
internal static class AccountTag
{
    public static string Of(string? name, bool isDefault) => EntityTags.Of(new { name, isDefault });

    public static Func<string?, bool, bool> Condition(HttpRequest request) => (name, isDefault) => EntityTags.Matches(request, () => Of(name, isDefault));
}
