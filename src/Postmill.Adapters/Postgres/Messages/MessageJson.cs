using System.Text.Json.Serialization;
using Postmill.Domain.Messages;

namespace Postmill.Adapters.Postgres.Messages;

[JsonSerializable(typeof(IReadOnlyList<MailAddressValue>))]
internal sealed partial class MessageJson : JsonSerializerContext;
