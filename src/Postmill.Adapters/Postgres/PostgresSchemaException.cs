namespace Postmill.Adapters.Postgres;

/// <summary>The database and this binary do not fit together; the text says what to do and is meant for the operator.</summary>
internal sealed class PostgresSchemaException(string message, Exception? inner = null) : Exception(message, inner);
