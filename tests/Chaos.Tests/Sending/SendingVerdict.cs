namespace Chaos.Tests.Sending;

/// <summary>After the last fault: what is stored, against what the sink journaled.</summary>
internal sealed class SendingVerdict(SendingWorld world, SendingFaults faults)
{
    public async Task GiveAsync()
    {
        await faults.UntilQuietAsync();
        var rows = await world.RowsAsync("SELECT address, state FROM outgoing_recipient");
        var stored = rows.ToLookup(row => row[0], row => row[1]);
        var accepted = world.Sink.Accepted.SelectMany(mail => mail.Recipients).ToList();

        Assert.Equal(faults.Recipients.Order(StringComparer.Ordinal), rows.Select(row => row[0]).Order(StringComparer.Ordinal)); // none lost, none twice
        Assert.Empty(rows.Where(row => row[1] is not ("sent" or "uncertain")).Select(row => string.Join(' ', row)).Take(5));
        Assert.Empty(accepted.GroupBy(address => address).Where(times => times.Count() > 1).Select(times => $"{times.Key} accepted {times.Count()} times").Take(5));
        var sent = rows.Where(row => row[1] == "sent").Select(row => row[0]).ToList();
        Assert.Empty(sent.Except(accepted).Select(address => $"sent and never accepted: {address}").Take(5));
        Assert.Empty(accepted.Where(address => !stored[address].Any()).Select(address => $"accepted and not known: {address}").Take(5));

        var doubted = await world.CountAsync("job WHERE kind = 'send_message' AND state = 'uncertain'");
        Assert.True(doubted <= faults.OpenAtKills, $"{doubted} mails in doubt, {faults.OpenAtKills} connections were open at the kills");
        var uncertain = rows.Where(row => row[1] == "uncertain").Select(row => row[0]).ToHashSet();
        Assert.Equal(0, await world.CountAsync("""
            job j JOIN outgoing_recipient r ON r.job_id = j.id
            WHERE NOT (j.state = 'succeeded' AND r.state = 'sent' OR j.state = 'uncertain' AND r.state = 'uncertain')
            """));
        Assert.Empty((await world.Sink.CountsAsync()).Violations);
        AssertLimit();
        world.Report.Say($"{rows.Count} recipients: {sent.Count} sent, {uncertain.Count} uncertain of which {accepted.Count(uncertain.Contains)} were accepted; "
            + $"{doubted} mails in doubt, {faults.OpenAtKills} connections were open at the kills; each accepted once");
    }

    /// <summary>No account had more accepted in any rolling minute, whoever owned it when.</summary>
    private void AssertLimit()
    {
        if (world.Options.PerMinute is not (> 0 and var limit)) return;
        var fullest = 0;
        foreach (var account in world.Sink.Accepted.GroupBy(mail => mail.From))
        {
            var times = account.Select(mail => mail.At).Order().ToList();
            for (var (at, from) = (0, 0); at < times.Count; at++)
            {
                while (times[at] - times[from] >= TimeSpan.FromMinutes(1)) from++;
                fullest = Math.Max(fullest, at - from + 1);
                Assert.True(at - from < limit, $"{account.Key}: {at - from + 1} mails were accepted from {times[from]:O} to {times[at]:O}");
            }
        }

        world.Report.Say($"the fullest rolling minute of an account had {fullest} of {limit}");
    }
}
