namespace Postmill.Testing.Servers;

/// <summary>
/// The directory of this test process, <c>/tmp/postmill-test/{pid}</c>. A lock file that lives as long as its process tells the directories
/// of the dead from those of the living; the first user of a process removes the former.
/// </summary>
public static class TestWorkspace
{
    private static readonly Lazy<Workspace> Current = new(() => new Workspace());
    private static int _last;

    internal static Reaper Reaper => Current.Value.Reaper;

    internal static string LocksDirectory => Current.Value.Locks;

    /// <summary>A new directory, removed after the process; every user may pass through it, as servers drop their privileges.</summary>
    public static string NewDirectory(string name)
    {
        var path = Path.Combine(Current.Value.Directory, $"{name}{Interlocked.Increment(ref _last)}");
        Directory.CreateDirectory(path);
        OpenToAll(path);
        return path;
    }

    internal static void OpenToAll(string path) => Posix.ChangeMode(path, 0b111_101_101);

    private sealed class Workspace
    {
        private readonly FileStream? _alive;

        public Workspace()
        {
            var root = Path.Combine(Path.GetTempPath(), Posix.IsRoot ? "postmill-test" : $"postmill-test-{Environment.UserName}");
            Locks = Path.Combine(root, "locks");
            System.IO.Directory.CreateDirectory(Locks);
            OpenToAll(root);
            RemoveDead(root);
            Directory = Path.Combine(root, $"{Environment.ProcessId}");
            _alive = TryLock(LockOf(Directory)) ?? throw new InvalidOperationException($"{Directory} belongs to another living process");
            if (System.IO.Directory.Exists(Directory)) System.IO.Directory.Delete(Directory, recursive: true);
            System.IO.Directory.CreateDirectory(Directory);
            OpenToAll(Directory);
            Reaper = new Reaper(Directory);
        }

        public string Directory { get; }

        public string Locks { get; }

        public Reaper Reaper { get; }

        private string LockOf(string directory) => Path.Combine(Locks, $"p{Path.GetFileName(directory)}");

        private void RemoveDead(string root)
        {
            foreach (var directory in System.IO.Directory.EnumerateDirectories(root))
            {
                if (directory == Locks || TryLock(LockOf(directory)) is not { } dead) continue;
                using (dead)
                {
                    try
                    {
                        System.IO.Directory.Delete(directory, recursive: true);
                    }
                    catch (IOException)
                    {
                        // Its own reaper is at it in this moment.
                    }
                }
            }
        }
    }

    /// <summary>An exclusive lock that the system releases with the process, or null when another process holds it.</summary>
    internal static FileStream? TryLock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
