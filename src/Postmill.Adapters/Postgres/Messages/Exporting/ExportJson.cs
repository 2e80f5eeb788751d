using System.Text.Json.Serialization;
using Postmill.Domain.Messages;

namespace Postmill.Adapters.Postgres.Messages.Exporting;

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EmailFilter))]
internal sealed partial class ExportJson : JsonSerializerContext;
