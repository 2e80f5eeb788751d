using System.Text.RegularExpressions;

namespace Postmill.Testing.Sink;

/// <summary>
/// A rule that a recipient's address spells, for tests that reach the sink only through the product: <c>close-at-dot.anything@…</c>, <c>reset-at-rcpt</c>, <c>silent-at-data</c>,
/// <c>550-at-rcpt</c>, and <c>451-once-at-dot.unique@…</c>, which strikes the first time that this address is there.
/// </summary>
internal static partial class AddressRule
{
    public static (SinkRule Rule, bool Once)? Of(string recipient)
    {
        var spelt = Spelling().Match(recipient);
        if (!spelt.Success || !Enum.TryParse<SinkPhase>(spelt.Groups["phase"].Value, ignoreCase: true, out var phase)) return null;
        var fault = spelt.Groups["fault"].Value switch
        {
            "close" => SinkFault.Close,
            "reset" => SinkFault.Reset,
            "silent" => SinkFault.Silence,
            var code => SinkFault.Answer($"{code} {code[0]}.0.0 so the address asks"),
        };
        return (new SinkRule(phase, fault), spelt.Groups["once"].Success);
    }

    [GeneratedRegex(@"^(?<fault>close|reset|silent|[245]\d\d)(?<once>-once)?-at-(?<phase>rcpt|data|body|dot|accepted)[.@]")]
    private static partial Regex Spelling();
}
