using System.Text.Json;
using System.Text.Json.Serialization;

namespace Postmill.Client;

/// <summary>
/// How JSON is read. Fields we do not know are passed over, so that a newer service may say more; a field that is missing, null where it may not be, or of
/// another type is a <c>bad_answer</c>.
/// </summary>
[JsonSourceGenerationOptions(
    MaxDepth = ClientLimits.JsonDepth, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Done))]
[JsonSerializable(typeof(SignIn))]
[JsonSerializable(typeof(Session))]
[JsonSerializable(typeof(UserAnswer))]
[JsonSerializable(typeof(KeysAnswer))]
[JsonSerializable(typeof(KeyAnswer))]
[JsonSerializable(typeof(NewApiKey))]
[JsonSerializable(typeof(AccountsAnswer))]
[JsonSerializable(typeof(AccountAnswer))]
[JsonSerializable(typeof(ConnectedAnswer))]
[JsonSerializable(typeof(NewAccount))]
[JsonSerializable(typeof(AccountChange))]
[JsonSerializable(typeof(NewCredentials))]
[JsonSerializable(typeof(CredentialCheck))]
[JsonSerializable(typeof(SyncRequest))]
[JsonSerializable(typeof(SyncResult))]
[JsonSerializable(typeof(SyncListAnswer))]
[JsonSerializable(typeof(EmailPage))]
[JsonSerializable(typeof(EmailAnswer))]
[JsonSerializable(typeof(EmailChange))]
[JsonSerializable(typeof(EmailChanged))]
[JsonSerializable(typeof(EmailDeleted))]
[JsonSerializable(typeof(BodyAnswer))]
[JsonSerializable(typeof(PartsAnswer))]
[JsonSerializable(typeof(EmailSearch))]
[JsonSerializable(typeof(NewEmail))]
[JsonSerializable(typeof(DeletedEmails))]
[JsonSerializable(typeof(FoldersAnswer))]
[JsonSerializable(typeof(ThreadPage))]
[JsonSerializable(typeof(OutgoingMail))]
[JsonSerializable(typeof(EnqueuedMailAnswer))]
[JsonSerializable(typeof(LogFilter))]
[JsonSerializable(typeof(LogPage))]
[JsonSerializable(typeof(LogAnswer))]
[JsonSerializable(typeof(LogsDeleted))]
[JsonSerializable(typeof(EnqueuedAnswer))]
[JsonSerializable(typeof(JobAnswer))]
[JsonSerializable(typeof(JobPage))]
[JsonSerializable(typeof(TaskAnswer))]
[JsonSerializable(typeof(TaskPage))]
[JsonSerializable(typeof(NewExport))]
[JsonSerializable(typeof(EnqueuedExportAnswer))]
[JsonSerializable(typeof(ExportAnswer))]
[JsonSerializable(typeof(ExportPage))]
[JsonSerializable(typeof(ClusterAnswer))]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(EmailReceivedFrame))]
internal sealed partial class ClientJson : JsonSerializerContext;

/// <summary>An answer that says nothing but that it is done.</summary>
internal sealed record Done;
