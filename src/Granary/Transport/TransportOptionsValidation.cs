using Microsoft.Extensions.Options;

namespace Granary.Transport;

internal sealed class TransportOptionsValidation : IValidateOptions<TransportOptions>
{
    private const int ShortestSecret = 16;

    public ValidateOptionsResult Validate(string? name, TransportOptions options)
    {
        var wrong = new List<string>();
        if (options.Secret.Length < ShortestSecret) wrong.Add($"Secret has at least {ShortestSecret} characters.");
        if (options.MaxMessageBytes is < 1_024 or > Codec.CodecLimits.Bytes) wrong.Add($"MaxMessageBytes is 1,024 to {Codec.CodecLimits.Bytes}.");
        if (options.MaxConcurrentCalls < 1) wrong.Add("MaxConcurrentCalls is at least 1.");
        if (options.MaxAttempts is < 1 or > 10) wrong.Add("MaxAttempts is 1 to 10.");
        if (options.MovesPerSecond < 1) wrong.Add("MovesPerSecond is at least 1.");
        if (options.RetryAfter <= TimeSpan.Zero || options.TryUnreachableEvery <= TimeSpan.Zero || options.ConnectTimeout <= TimeSpan.Zero) wrong.Add("RetryAfter, TryUnreachableEvery and ConnectTimeout are above zero.");
        if (options.PingAfter < TimeSpan.FromSeconds(1)) wrong.Add("PingAfter is at least 1 s.");
        if (options.HasCertificate && (options.CertificateFile is null || options.KeyFile is null || options.AuthorityFile is null)) wrong.Add("CertificateFile, KeyFile and AuthorityFile are given together or not at all.");
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong.Select(w => $"Transport: {w}"));
    }
}
