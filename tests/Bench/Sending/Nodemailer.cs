using System.Diagnostics;
using System.Globalization;

namespace Postmill.Bench.Sending;

/// <summary>nodemailer from npm, installed for this run: its pool sends as fast as it can.</summary>
internal sealed class Nodemailer : IAsyncDisposable
{
    private const string Script = """
        const [port, connections, mails, text] = [process.argv[2], process.argv[3], process.argv[4], process.argv[5]];
        const pool = require('nodemailer').createTransport({
          host: '127.0.0.1', port: Number(port), secure: false, ignoreTLS: true, pool: true, maxConnections: Number(connections), maxMessages: Infinity,
          auth: { user: 'bench', pass: 'bench' },
        });
        const send = n => pool.sendMail({ from: 'bench@example.org', to: `r${n}@example.net`, subject: `Mail ${n}`, text });
        (async () => {
          await send(-1);
          const began = process.hrtime.bigint();
          let next = 0;
          const lane = async () => { while (next < mails) await send(next++); };
          await Promise.all(Array.from({ length: 4 * connections }, lane));
          console.log(Number(mails) / (Number(process.hrtime.bigint() - began) / 1e9));
          pool.close();
        })();
        """;

    private readonly string _directory;

    private Nodemailer(string directory) => _directory = directory;

    public static async Task<Nodemailer> InstallAsync()
    {
        var directory = Directory.CreateTempSubdirectory("postmill-nodemailer-").FullName;
        await File.WriteAllTextAsync(Path.Combine(directory, "package.json"), """{"private":true}""");
        await File.WriteAllTextAsync(Path.Combine(directory, "send.js"), Script);
        await RunAsync(directory, "npm", "install", "--silent", "--no-audit", "--no-fund", "nodemailer");
        return new Nodemailer(directory);
    }

    /// <summary>Mails a second.</summary>
    public async Task<double> RateAsync(int port, int connections, int mails, int bytes) =>
        double.Parse(await RunAsync(_directory, "node", "send.js", $"{port}", $"{connections}", $"{mails}", Outgoing.Text(bytes)), CultureInfo.InvariantCulture);

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static async Task<string> RunAsync(string directory, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {await errors}{output}");
    }
}
