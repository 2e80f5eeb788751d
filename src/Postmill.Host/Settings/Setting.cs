namespace Postmill.Host.Settings;

/// <summary>One line of <c>--help</c>.</summary>
internal sealed record Setting(string Name, string Default, string Allowed, string Description);
