using Postmill.Domain.Jobs;

namespace Postmill.Adapters.Postgres.Messages.Exporting;

/// <summary>An export that has not expired.</summary>
/// <param name="Job">That makes it; its state is the export's.</param>
/// <param name="Email">The account's address.</param>
/// <param name="FilterJson">Which mails, as an <see cref="Domain.Messages.EmailFilter"/>.</param>
/// <param name="File">Null: not complete.</param>
public sealed record StoredExport(Guid Id, Job Job, string Email, ExportFormat Format, string FilterJson, ExportFile? File, DateTimeOffset ExpiresAt);

/// <summary>The file of an export: mails, the zip's directory, the zip's end.</summary>
/// <param name="Mails">How many.</param>
/// <param name="MailsEnd">Octets of the mails.</param>
/// <param name="DirectoryEnd">Octets of the directory behind them.</param>
/// <param name="Length">Octets in all.</param>
public sealed record ExportFile(Guid ExportId, ExportFormat Format, long Mails, long MailsEnd, long DirectoryEnd, long Length);
