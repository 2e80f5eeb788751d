using Microsoft.Extensions.Options;

namespace Granary.Cluster;

internal sealed class LeaseOptionsValidation : IValidateOptions<LeaseOptions>
{
    public ValidateOptionsResult Validate(string? name, LeaseOptions options)
    {
        if (options.RetryAfter <= TimeSpan.Zero || options.RenewEvery <= TimeSpan.Zero || options.StopBefore <= TimeSpan.Zero)
            return ValidateOptionsResult.Fail("Lease: RenewEvery, RetryAfter and StopBefore are above zero.");
        return options.RenewEvery * 2 + options.StopBefore <= options.Duration
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"Lease: Duration ({options.Duration}) is at least twice RenewEvery ({options.RenewEvery}) and StopBefore ({options.StopBefore}) together.");
    }
}
