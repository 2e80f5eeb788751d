using System.Globalization;
using Postmill.Protocols.Imap.Wire;

namespace Postmill.Protocols.Imap;

/// <summary>What messages are searched for (RFC 9051 §6.4.4); every condition must hold, none finds all.</summary>
public sealed record ImapSearch
{
    /// <summary>Every message.</summary>
    public static ImapSearch All { get; } = new();

    /// <summary>Only these UIDs.</summary>
    public UidSet? Uids { get; init; }

    /// <summary>Received on this day or later (INTERNALDATE, the server's zone).</summary>
    public DateOnly? Since { get; init; }

    /// <summary>Received before this day.</summary>
    public DateOnly? Before { get; init; }

    /// <summary>Having this system flag: one of Answered, Deleted, Draft, Flagged, Seen; with a leading <c>!</c> not having it.</summary>
    public string? Flag { get; init; }

    /// <summary>A header field that contains the text, such as Message-ID.</summary>
    public (string Field, string Contains)? Header { get; init; }

    /// <summary>Changed at or after this mod-sequence (RFC 7162 §3.1.5); only where the server has CONDSTORE.</summary>
    public long? ModSeq { get; init; }

    internal void Write(ImapCommandWriter command)
    {
        if (Header is { } h && !(System.Text.Ascii.IsValid(h.Contains) && System.Text.Ascii.IsValid(h.Field))) command.Raw("CHARSET UTF-8");
        var any = false;
        if (Uids is { } uids) Add(command, "UID " + uids, ref any);
        if (Since is { } since) Add(command, "SINCE " + Day(since), ref any);
        if (Before is { } before) Add(command, "BEFORE " + Day(before), ref any);
        if (Flag is { } flag) Add(command, FlagKey(flag), ref any);
        if (ModSeq is { } modSeq) Add(command, string.Create(CultureInfo.InvariantCulture, $"MODSEQ {Math.Max(0, modSeq)}"), ref any);
        if (Header is { } header)
        {
            Add(command, "HEADER", ref any);
            command.Text(header.Field).Text(header.Contains);
        }
        if (!any) command.Raw("ALL");
    }

    private static void Add(ImapCommandWriter command, string key, ref bool any)
    {
        command.Raw(key);
        any = true;
    }

    private static string Day(DateOnly day) => day.ToString("d-MMM-yyyy", CultureInfo.InvariantCulture);

    private static string FlagKey(string flag)
    {
        var name = flag.TrimStart('!').ToUpperInvariant();
        if (name is not ("ANSWERED" or "DELETED" or "DRAFT" or "FLAGGED" or "SEEN")) throw new ArgumentException($"{flag} is not a system flag.", nameof(flag));
        return flag.StartsWith('!') ? "UN" + name : name;
    }
}

/// <summary>What a search found.</summary>
/// <param name="Uids">The UIDs.</param>
/// <param name="HighestModSeq">Highest mod-sequence among them, when <see cref="ImapSearch.ModSeq"/> was given and the server told.</param>
public sealed record ImapSearchResult(UidSet Uids, long? HighestModSeq);
