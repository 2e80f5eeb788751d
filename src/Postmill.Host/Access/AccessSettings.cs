using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Postmill.Domain.Access;

namespace Postmill.Host.Access;

/// <summary>Section <c>Postmill:Access</c>.</summary>
internal sealed class AccessSettings
{
    [Description("Whether anybody may sign up. The first user always may, and becomes admin.")]
    public bool OpenSignUp { get; init; } = true;

    [Description("Role of users after the first.")]
    public Role SignUpRole { get; init; } = Role.Send;

    [Description("Days after its last use that a session ends.")]
    [Range(1, 365)]
    public int SessionDays { get; init; } = 30;

    [Description("Failed sign-ins of one address from one IP address before it must wait.")]
    [Range(1, 1_000)]
    public int SignInFailures { get; init; } = 10;

    [Description("Failed sign-ins from one IP address, whatever the address, before it must wait.")]
    [Range(1, 100_000)]
    public int SignInFailuresPerIp { get; init; } = 100;

    [Description("Minutes after which failed sign-ins are forgotten.")]
    [Range(1, 1_440)]
    public int SignInWindowMinutes { get; init; } = 15;

    [Description("Rounds of PBKDF2-HMAC-SHA512 for a new password; old hashes are renewed at the next sign-in.")]
    [Range(10_000, 10_000_000)]
    public int PasswordIterations { get; init; } = 210_000;
}
