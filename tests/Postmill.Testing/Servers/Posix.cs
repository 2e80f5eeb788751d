using System.Globalization;
using System.Runtime.InteropServices;

namespace Postmill.Testing.Servers;

/// <summary>The few system calls the framework has no word for.</summary>
public static partial class Posix
{
    public const int SigInt = 2, SigQuit = 3, SigKill = 9, SigTerm = 15, SigCont = 18, SigStop = 19;

    public static bool IsRoot => GetEffectiveUserId() == 0;

    /// <summary>False when the process (or, for a negative id, the group) is gone.</summary>
    public static bool Signal(int pid, int signal) => Kill(pid, signal) == 0;

    public static void ChangeOwner(string path, PosixAccount account)
    {
        if (Chown(path, account.Uid, account.Gid) != 0)
            throw new IOException($"chown {account.Name} {path}: errno {Marshal.GetLastPInvokeError()}");
    }

    public static void ChangeMode(string path, uint mode)
    {
        if (Chmod(path, mode) != 0) throw new IOException($"chmod {path}: errno {Marshal.GetLastPInvokeError()}");
    }

    /// <summary>The name of a group in /etc/group, or its number.</summary>
    public static string GroupName(uint gid) =>
        File.ReadLines("/etc/group").Select(line => line.Split(':')).FirstOrDefault(f => f.Length > 2 && f[2] == $"{gid}")?[0] ?? $"{gid}";

    /// <summary>The account of that name in /etc/passwd, or null.</summary>
    public static PosixAccount? FindAccount(string name)
    {
        foreach (var line in File.ReadLines("/etc/passwd"))
        {
            var fields = line.Split(':');
            if (fields.Length < 4 || fields[0] != name) continue;
            return new PosixAccount(name, uint.Parse(fields[2], CultureInfo.InvariantCulture), uint.Parse(fields[3], CultureInfo.InvariantCulture));
        }
        return null;
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUserId();

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Chown(string path, uint uid, uint gid);

    [LibraryImport("libc", EntryPoint = "chmod", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Chmod(string path, uint mode);
}

public sealed record PosixAccount(string Name, uint Uid, uint Gid);
