using Granary.Cluster;
using Granary.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Granary;

internal sealed class GranaryOptionsValidation(IServiceProviderIsService services) : IValidateOptions<GranaryOptions>
{
    public ValidateOptionsResult Validate(string? name, GranaryOptions options)
    {
        var wrong = new List<string>();
        if (options.EnumerationBatchSize is < 1 or > 10_000) wrong.Add("EnumerationBatchSize is 1 to 10,000.");
        if (options.MaxEnumerationsPerActivation < 1) wrong.Add("MaxEnumerationsPerActivation is at least 1.");
        if (options.EnumerationPollTime <= TimeSpan.Zero) wrong.Add("EnumerationPollTime is above zero.");
        if (options.EnumerationIdleTimeout <= TimeSpan.Zero) wrong.Add("EnumerationIdleTimeout is above zero.");
        if (options.DrainTimeout <= TimeSpan.Zero) wrong.Add("DrainTimeout is above zero.");
        if (string.IsNullOrWhiteSpace(options.Role)) wrong.Add("Role is not empty.");
        if (options.Role == SiloRoles.Front && !services.IsService(typeof(SiloServer)))
            wrong.Add($"Role is {SiloRoles.Front}, which runs no grains, but there are no calls to other silos (AddGranaryTransport): no grain could be called.");
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong.Select(w => $"Granary: {w}"));
    }
}
