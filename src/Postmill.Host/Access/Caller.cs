using Postmill.Domain.Access;

namespace Postmill.Host.Access;

/// <summary>Who is calling, once <see cref="Admission"/> let the request in.</summary>
internal static class Caller
{
    /// <summary>On routes with <see cref="AccessRoutes.RequireSession"/>.</summary>
    public static CurrentUser CurrentUser(this HttpContext http) =>
        http.Features.Get<CurrentUser>() ?? throw new InvalidOperationException($"{http.Request.Path} is not a session route");

    /// <summary>On routes with <see cref="AccessRoutes.RequireApiKey"/>.</summary>
    public static ApiKeyIdentity ApiKey(this HttpContext http) =>
        http.Features.Get<ApiKeyIdentity>() ?? throw new InvalidOperationException($"{http.Request.Path} is not an API key route");

    /// <summary>The user behind the session or the key, for handlers that serve both.</summary>
    public static Guid UserId(this HttpContext http) => http.Features.Get<CurrentUser>()?.Id ?? http.ApiKey().UserId;

    /// <summary>For audit lines.</summary>
    public static string Actor(this HttpContext http) =>
        http.Features.Get<CurrentUser>() is { } user ? $"user:{user.Id}" : $"key:{http.ApiKey().KeyId}";
}
