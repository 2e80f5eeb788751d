using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Postmill.Domain.Sending;

namespace Postmill.Grains.Sending;

/// <summary>Settings section <c>Postmill:Sending</c>.</summary>
public sealed class SendOptions
{
    [Description("SMTP connections of one account at once; a connection takes one mail at a time.")]
    [Range(1, 64)]
    public int Connections { get; init; } = 4;

    [Description("Seconds that a connection is kept after its last mail.")]
    [Range(0, 300)]
    public double KeepSeconds { get; init; } = 15;

    [Description("Mails that one look takes from an account's outbox.")]
    [Range(1, 1_000)]
    public int Batch { get; init; } = 64;

    [Description("Mails an account sends in any second at most; 0: no limit.")]
    [Range(0, 1_000_000)]
    public int PerSecond { get; init; }

    [Description("Mails an account sends in any minute at most; 0: no limit.")]
    [Range(0, 1_000_000)]
    public int PerMinute { get; init; }

    [Description("Mails an account sends in any hour at most; 0: no limit.")]
    [Range(0, 10_000_000)]
    public int PerHour { get; init; }

    [Description("Mails an account sends in any day at most; 0: no limit.")]
    [Range(0, 100_000_000)]
    public int PerDay { get; init; }

    [Description("Octets of the largest mail that is taken for sending, attachments included as they go out.")]
    [Range(10_000, 150_000_000)]
    public int LargestMail { get; init; } = 35_000_000;

    [Description("Whether a copy of each sent mail is put into the account's Sent folder: auto (unless the provider does it), always, never.")]
    public SentCopy SentCopy { get; init; } = SentCopy.Auto;

    [Description("What follows when nobody can tell whether a mail was accepted: atmostonce leaves it uncertain until a person says; atleastonce sends it again after RepeatAfterMinutes.")]
    public Guarantee Guarantee { get; init; } = Guarantee.AtMostOnce;

    [Description("Minutes that an uncertain mail is looked for in the Sent folder before atleastonce sends it again.")]
    [Range(1, 10_080)]
    public double RepeatAfterMinutes { get; init; } = 30;

    [Description("Seconds that the send route of an API key waits for the SMTP server before it answers that the mail is queued.")]
    [Range(0.1, 300)]
    public double AnswerSeconds { get; init; } = 30;

    [Description("Seconds that mails under way have to end when a silo or an account goes.")]
    [Range(0.1, 60)]
    public double LeaveSeconds { get; init; } = 5;

    [Description("Seconds after the end of a mail's content in which the server must answer (RFC 5321 section 4.5.3.2.6); after that nobody can tell.")]
    [Range(0.1, 3_600)]
    public double AcceptSeconds { get; init; } = 600;

    [Description("A directory of DKIM keys (RFC 6376, RSA, PEM) named selector._domainkey.example.org.pem; mail from these domains and those below is signed. Empty: none is.")]
    public string DkimKeys { get; init; } = "";

    /// <summary>Those that hold for an account.</summary>
    /// <param name="own">Its own, which can only be stricter.</param>
    public IReadOnlyList<PaceLimit> Limits(AccountLimits own) => [.. new PaceLimit[]
    {
        new(TimeSpan.FromSeconds(1), Stricter(PerSecond, own.PerSecond)), new(TimeSpan.FromMinutes(1), Stricter(PerMinute, own.PerMinute)),
        new(TimeSpan.FromHours(1), Stricter(PerHour, own.PerHour)), new(TimeSpan.FromDays(1), Stricter(PerDay, own.PerDay)),
    }.Where(limit => limit.Most > 0)];

    private static int Stricter(int installation, int? own) => own is not { } most ? installation : installation == 0 ? most : Math.Min(installation, most);
}

public enum SentCopy { Auto, Always, Never }

public enum Guarantee { AtMostOnce, AtLeastOnce }
