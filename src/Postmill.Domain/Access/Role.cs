namespace Postmill.Domain.Access;

/// <summary>What a user may do; each role includes the ones before it.</summary>
public enum Role
{
    View = 1,
    Edit = 2,
    Send = 3,
    Admin = 4,
}
