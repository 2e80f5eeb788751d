namespace Postmill.Host.Start;

/// <summary>The start cannot go on, for a reason that the operator can do something about: one line, no stack trace.</summary>
internal sealed class StartException(string message, Exception? inner = null) : Exception(message, inner);
