using System.Diagnostics;
using Postmill.Testing.Servers;

namespace Postmill.Bench;

/// <summary>isync's <c>mbsync</c> writing a bare Maildir: what a first sync is measured beside. Its own defaults, fsync included.</summary>
internal static class Mbsync
{
    public static async Task<double> RunAsync(DovecotServer dovecot, string user, string password)
    {
        var directory = Directory.CreateTempSubdirectory("postmill-mbsync-").FullName;
        try
        {
            var config = Path.Combine(directory, "mbsyncrc");
            await File.WriteAllTextAsync(config, $"""
                IMAPAccount far
                Host 127.0.0.1
                Port {dovecot.ImapPort}
                User {user}
                Pass {password}
                SSLType None
                AuthMechs LOGIN

                IMAPStore far
                Account far

                MaildirStore near
                Path {directory}/
                Inbox {directory}/INBOX
                SubFolders Verbatim

                Channel all
                Far :far:
                Near :near:
                Patterns *
                Create Near
                Sync Pull
                SyncState *

                """);
            var began = Stopwatch.GetTimestamp();
            using var process = Process.Start(new ProcessStartInfo("mbsync", ["-c", config, "-q", "all"]) { RedirectStandardError = true })!;
            var errors = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            if (process.ExitCode != 0) throw new InvalidOperationException($"mbsync ended with {process.ExitCode}: {errors}");
            return Stopwatch.GetElapsedTime(began).TotalSeconds;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
