using System.Text.RegularExpressions;

namespace Tidy.Tests;

/// <summary>Who may write the tables that an account's owner keeps: whoever is added here has either the fence before the write, or a reason.</summary>
public sealed partial class FencedWriteTests
{
    private static readonly Dictionary<string, string> Writers = new()
    {
        ["Accounts/AccountBook.cs"] = "the user's own acts under the user's row; a disconnect and a reconnect move the epoch",
        ["Accounts/AccountStore.cs"] = "claims what has no living owner; everything else names owner and epoch in its condition",
        ["Accounts/DueAccounts.cs"] = "swept_at alone, a mark that belongs to no owner",
        ["Acts/ActStore.cs"] = "fenced",
        ["Acts/MailboxActSql.cs"] = "jobs that wait, as long as they wait, in the transaction of an edit or of a sending",
        ["Editing/EmailEditor.cs"] = "the user's own acts, in columns that no sync writes, under the message's row",
        ["Editing/Erasing.cs"] = "the user's own acts: content goes, identity and places stay",
        ["Exporting/ExportBook.cs"] = "people's acts: a job that no owner runs is cancelled with its export",
        ["Exporting/ExportPruner.cs"] = "bytes of mail that is deleted, which an export kept; under the messages' rows",
        ["Exporting/ExportStore.cs"] = "jobs that no owner runs, under the export's row and its run",
        ["Feed/FeedPruner.cs"] = "events past their retention; they are the user's",
        ["Feed/FeedWriter.cs"] = "inside the transaction of the event's cause",
        ["Jobs/DueJobs.cs"] = "swept_at alone, a mark that belongs to no owner",
        ["Jobs/JobBook.cs"] = "people's acts: new rows, and rows that do not run, as long as they are in the state that was decided on",
        ["Jobs/JobColumns.cs"] = "the text of a row, for those around it",
        ["Jobs/JobPruner.cs"] = "rows past their retention",
        ["Jobs/JobSql.cs"] = "run behind the fence by AccountStore and JobStore, with the claim, or with the disconnect",
        ["Jobs/JobStore.cs"] = "fenced",
        ["Sending/OutboxSql.cs"] = "run behind the fence by OutboxStore, with the claim, with a disconnect or a reconnect, or with a person's act",
        ["Sending/OutboxStore.cs"] = "fenced",
        ["Sending/OutgoingBook.cs"] = "new rows of a person's own, which belong to nobody yet",
        ["Messages/MessageCopy.cs"] = "inside MessageWriter's transaction",
        ["Messages/MessageWriter.cs"] = "fenced",
        ["Messages/SearchRow.cs"] = "inside MessageCopy's transaction, or SearchReindex's",
        ["Reindexing/SearchReindex.cs"] = "the words of a mail, made of it again; under its row",
        ["Sending/ReportWriter.cs"] = "inside MessageWriter's transaction; of other accounts' jobs only those that ended in doubt",
        ["Sync/SyncStore.cs"] = "fenced",
    };

    [Fact]
    public void Tables_of_an_account_are_written_by_fenced_classes_and_by_those_with_a_reason()
    {
        var found = Repository.Sources("src").Where(path => Write().IsMatch(Repository.Read(path))).Select(path => string.Join('/', path.Split('/').TakeLast(2)));
        Assert.Equal(Writers.Keys.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Statements_of_the_fenced_classes_run_through_the_fence_alone()
    {
        foreach (var name in new[] { "Sync/SyncStore.cs", "Messages/MessageWriter.cs", "Jobs/JobStore.cs", "Acts/ActStore.cs", "Sending/OutboxStore.cs" })
        {
            var text = Repository.Read("src/Postmill.Adapters/Postgres/" + name);
            // What is executed outside of the fence is a read.
            Assert.DoesNotMatch(@"database\.Command\(\s*\$?""+\s*(WITH|INSERT|UPDATE|DELETE|COPY)", text);
            Assert.Contains("fence.", text, StringComparison.Ordinal);
        }
    }

    [GeneratedRegex(@"\b(UPDATE|INSERT INTO|DELETE FROM|COPY)\s+(account|folder|message|message_raw|message_part|message_search|location|event|feed|task|job|outgoing|outgoing_recipient|outbox)\b(?!\s+of\b)")]
    private static partial Regex Write();
}
