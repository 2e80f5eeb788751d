using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Granary;

internal sealed class MessagingOptionsValidation(IOptions<GranaryOptions> granary) : IValidateOptions<SiloMessagingOptions>
{
    public ValidateOptionsResult Validate(string? name, SiloMessagingOptions options)
    {
        if (options.MaxEnqueuedRequestsHardLimit < 1) return ValidateOptionsResult.Fail("Messaging: MaxEnqueuedRequestsHardLimit is at least 1.");
        return options.ResponseTimeout > granary.Value.EnumerationPollTime
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"Messaging: ResponseTimeout ({options.ResponseTimeout}) is above Granary's EnumerationPollTime ({granary.Value.EnumerationPollTime}), or no stream could wait.");
    }
}
