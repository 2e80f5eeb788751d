using Postmill.Domain.Sending;
using Postmill.Grains.Accounts;
using Postmill.Grains.Hosts;

namespace Postmill.Grains.Sending;

/// <summary>An account's SMTP sessions between mails. A session is used again within <see cref="SendOptions.KeepSeconds"/>, the last used first.</summary>
/// <param name="leave">Ends every wait when the account goes.</param>
internal sealed class SessionPool(OwnedAccount account, SendPorts ports, CancellationToken leave) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Stack<Kept> _kept = new();
    private int _generation;

    /// <summary>When the next of the kept sessions has to go; null: none is kept.</summary>
    public DateTimeOffset? KeptUntil
    {
        get { lock (_gate) return _kept.Count == 0 ? null : _kept.Min(kept => kept.Until); }
    }

    /// <summary>Sessions with the old credentials are not used again.</summary>
    public void Renew()
    {
        lock (_gate) _generation++;
    }

    /// <summary>A session, and whether it carried mail before: that one may have been closed by the server meanwhile.</summary>
    /// <exception cref="SendFaultException">The server cannot be used.</exception>
    public async Task<OpenSession> TakeAsync(bool fresh, CancellationToken cancellationToken)
    {
        while (!fresh && Pop() is { } kept)
        {
            if (kept.Session.IsUsable && kept.Until > ports.Time.GetUtcNow() && kept.Generation == _generation) return new OpenSession(kept.Session, kept.Generation, HasServed: true);
            await CloseAsync(kept.Session);
        }

        var generation = _generation;
        using var opening = await ports.Gates.OpeningAsync(account.SmtpHost, cancellationToken, cancellationToken);
        var session = await OpenAsync(await SettingsAsync(cancellationToken), opening, cancellationToken);
        ports.Metrics.Sessions(1);
        return new OpenSession(session, generation, HasServed: false);
    }

    private async Task<ISmtpSession> OpenAsync(AccountSettings settings, HostOpening opening, CancellationToken cancellationToken)
    {
        try
        {
            var session = await ports.Servers.OpenAsync(settings, cancellationToken);
            opening.Served();
            return session;
        }
        catch (SendFaultException fault) when (fault.IsOfHost)
        {
            opening.TurnedAway(null);
            throw;
        }
    }

    public async Task GiveBackAsync(OpenSession session)
    {
        if (session.Session.IsUsable && !leave.IsCancellationRequested && ports.Options.KeepSeconds > 0)
        {
            lock (_gate) _kept.Push(new Kept(session.Session, ports.Time.GetUtcNow() + TimeSpan.FromSeconds(ports.Options.KeepSeconds), session.Generation));
            return;
        }

        await CloseAsync(session.Session);
    }

    public ValueTask DropAsync(OpenSession session)
    {
        ports.Metrics.Sessions(-1);
        return session.Session.DisposeAsync();
    }

    /// <summary>Closes those whose time is over.</summary>
    public async Task TrimAsync()
    {
        List<Kept> over;
        lock (_gate)
        {
            var now = ports.Time.GetUtcNow();
            over = [.. _kept.Where(kept => kept.Until <= now)];
            if (over.Count == 0) return;
            var stay = _kept.Where(kept => kept.Until > now).Reverse().ToList();
            _kept.Clear();
            foreach (var kept in stay) _kept.Push(kept);
        }

        foreach (var kept in over) await CloseAsync(kept.Session);
    }

    public async ValueTask DisposeAsync()
    {
        while (Pop() is { } kept) await CloseAsync(kept.Session);
    }

    private async Task<AccountSettings> SettingsAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ports.Accounts.SettingsAsync(account.Claim, cancellationToken);
        }
        catch (UnreadableSecretException unreadable)
        {
            throw new SendFaultException(new SendFailure(SendFailure.AuthFailed, "The stored password cannot be read any more; enter it again."), unreadable);
        }
    }

    private Kept? Pop()
    {
        lock (_gate) return _kept.TryPop(out var kept) ? kept : null;
    }

    private async Task CloseAsync(ISmtpSession session)
    {
        ports.Metrics.Sessions(-1);
        if (session.IsUsable) await session.CloseAsync(leave);
        await session.DisposeAsync();
    }

    private sealed record Kept(ISmtpSession Session, DateTimeOffset Until, int Generation);
}

/// <param name="Generation">Of the credentials that opened it.</param>
/// <param name="HasServed">It carried mail before.</param>
internal sealed record OpenSession(ISmtpSession Session, int Generation, bool HasServed);
