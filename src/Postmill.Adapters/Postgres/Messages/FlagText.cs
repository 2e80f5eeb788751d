namespace Postmill.Adapters.Postgres.Messages;

/// <summary>Flags of one mail as one text, so that many mails' flags fit one array parameter. Flags are atoms: they hold no blank.</summary>
internal static class FlagText
{
    public static string Join(IReadOnlyList<string> flags) => string.Join(' ', flags);
}
