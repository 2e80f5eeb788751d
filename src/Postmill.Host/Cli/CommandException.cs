namespace Postmill.Host.Cli;

/// <summary>A command ends with this line and code. Without a code it is the command line, or what it leaves to the environment, that is wrong.</summary>
internal sealed class CommandException(string message, int code = ExitCodes.Usage) : Exception(message)
{
    public int Code => code;
}
