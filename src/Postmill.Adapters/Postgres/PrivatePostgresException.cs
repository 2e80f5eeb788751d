namespace Postmill.Adapters.Postgres;

/// <summary>The host cannot have a PostgreSQL of its own; the text says why and what to do, and is meant for the operator.</summary>
internal sealed class PrivatePostgresException(string message, Exception? inner = null) : Exception(message, inner);
