namespace Postmill.Domain.Accounts;

/// <summary>Why an account's grain is woken.</summary>
public enum WakeReason
{
    /// <summary>The sweep found it due or without an owner.</summary>
    Swept,

    /// <summary>The account was connected, or connected again.</summary>
    Connected,

    /// <summary>Its credentials were replaced: the old connection must go.</summary>
    Rotated,

    /// <summary>A person tested its credentials and the SMTP server took them: sending need not stand still.</summary>
    Proven,

    /// <summary>Its limits of sending were changed.</summary>
    Limited,
}
