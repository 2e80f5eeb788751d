namespace Postmill.Domain.Access;

/// <summary>The append-only record of who did what.</summary>
public interface IAuditLog
{
    Task WriteAsync(AuditLine line, CancellationToken cancellationToken);
}
