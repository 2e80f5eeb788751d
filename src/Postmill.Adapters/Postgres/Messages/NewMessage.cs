using Postmill.Domain.Messages;

namespace Postmill.Adapters.Postgres.Messages;

/// <summary>A mail of a batch that the account does not have yet, with the id it gets.</summary>
internal sealed record NewMessage(Guid Id, IncomingMail Mail, string Direction, DateTimeOffset ReceivedAt);
