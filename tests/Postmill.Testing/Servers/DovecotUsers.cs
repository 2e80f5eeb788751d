using System.Security.Cryptography;
using System.Text.Json;

namespace Postmill.Testing.Servers;

/// <summary>
/// The users of one server: a file per user, read anew at every login. (A passwd-file is looked at once per second at most, so a user added
/// just after a login would be unknown for the rest of that second.)
/// </summary>
internal sealed class DovecotUsers
{
    private readonly DovecotPaths _paths;
    private readonly PosixAccount _owner;

    public DovecotUsers(DovecotPaths paths, PosixAccount owner)
    {
        _paths = paths;
        _owner = owner;
        Directory.CreateDirectory(Path.Combine(paths.Users, "passdb"));
        Directory.CreateDirectory(Path.Combine(paths.Users, "userdb"));
        File.WriteAllText(paths.UsersConfig, $$"""
            uri = fs:posix:prefix={{paths.Users}}/
            key passdb {
              key = passdb/%u
              format = json
            }
            key userdb {
              key = userdb/%u
              format = json
            }
            passdb_objects = passdb
            userdb_objects = userdb

            """);
    }

    public void Set(string user, ReadOnlySpan<byte> password)
    {
        if (user.Length == 0 || user[0] == '.' || user.AsSpan().IndexOfAny('/', '\0') >= 0) throw new ArgumentException("not usable as a file name", nameof(user));
        Write("userdb", user, new { uid = $"{_owner.Uid}", gid = $"{_owner.Gid}", home = Path.Combine(_paths.Mail, user) });
        // Hashed: any bytes will do. Dovecot itself refuses TAB, CR, LF, NUL and 0x01 in the password a client sends.
        Write("passdb", user, new { password = $"{{SHA256.b64}}{Convert.ToBase64String(SHA256.HashData(password))}" });
    }

    public void Remove(string user)
    {
        File.Delete(Path.Combine(_paths.Users, "passdb", user));
        File.Delete(Path.Combine(_paths.Users, "userdb", user));
    }

    private void Write(string kind, string user, object fields)
    {
        var path = Path.Combine(_paths.Users, kind, user);
        var next = Path.Combine(_paths.Users, $".{Guid.NewGuid():N}");
        File.WriteAllText(next, JsonSerializer.Serialize(fields));
        File.Move(next, path, overwrite: true);
    }
}
