namespace Postmill.Host.Live;

/// <summary>Why a socket gets no seat.</summary>
internal enum LiveRefusal
{
    None,
    Draining,
    SiloFull,
    UserFull,
}
