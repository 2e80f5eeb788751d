namespace Postmill.Domain.Access;

/// <summary>Roles as they stand in answers and in the table.</summary>
public static class RoleNames
{
    public static string ToName(this Role role) => role switch
    {
        Role.View => "view",
        Role.Edit => "edit",
        Role.Send => "send",
        Role.Admin => "admin",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "no such role"),
    };

    public static Role Parse(string name) => name switch
    {
        "view" => Role.View,
        "edit" => Role.Edit,
        "send" => Role.Send,
        "admin" => Role.Admin,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no such role"),
    };
}
