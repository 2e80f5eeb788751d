namespace Postmill.Testing.Servers;

/// <summary>dovecot.conf for one throw-away server (Dovecot 2.3).</summary>
internal static class DovecotConfig
{
    // What 2.3.19 announces after login; imap_capability can only replace or extend the list, not take away from it.
    private const string Announced = "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES THREAD=REFS THREAD=ORDEREDSUBJECT "
        + "MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN "
        + "CONTEXT=SEARCH LIST-STATUS BINARY MOVE SNIPPET=FUZZY PREVIEW=FUZZY PREVIEW STATUS=SIZE SAVEDATE LITERAL+ NOTIFY SPECIAL-USE";

    public static string Render(DovecotOptions options, DovecotPaths paths, DovecotPorts ports, int relayPort)
    {
        var certificate = options.Certificate ?? TestCertificates.Shared.Valid;
        return $$"""
            base_dir = {{paths.Run}}
            state_dir = {{paths.State}}
            log_path = {{paths.Log}}
            protocols = imap lmtp submission
            listen = 127.0.0.1
            hostname = localhost
            ssl = {{(options.RequireTls ? "required" : "yes")}}
            ssl_cert = <{{certificate.CertificatePath}}
            ssl_key = <{{certificate.KeyPath}}
            disable_plaintext_auth = {{(options.RequireTls ? "yes" : "no")}}
            auth_mechanisms = plain login
            auth_username_chars =
            auth_username_format = %u
            # By default a wrong password costs 2 s, and up to 15 s later on.
            auth_failure_delay = 0
            service anvil {
              unix_listener anvil-auth-penalty {
                mode = 0
              }
            }
            mail_max_userip_connections = {{options.MaxUserConnections}}
            mail_location = maildir:~/Maildir
            mailbox_list_index = yes
            first_valid_uid = 1
            default_client_limit = 20000
            default_process_limit = 2000
            {{PrivilegesOf(options)}}
            {{Capability(options)}}
            passdb {
              driver = dict
              args = {{paths.UsersConfig}}
            }
            userdb {
              driver = dict
              args = {{paths.UsersConfig}}
            }
            namespace inbox {
              inbox = yes
              separator = {{options.Separator}}
              prefix = {{options.NamespacePrefix}}
              {{SpecialUse(options)}}
            }
            {{Services(ports)}}
            service stats {
              client_limit = 20000
            }
            protocol imap {
              mail_plugins = {{(options.Compress ? "imap_zlib" : "")}}
            }
            protocol lmtp {
              postmaster_address = postmaster@localhost
            }
            lda_mailbox_autocreate = yes
            submission_relay_host = 127.0.0.1
            submission_relay_port = {{relayPort}}
            {{options.ExtraConfig}}

            """;
    }

    private static string PrivilegesOf(DovecotOptions options) => Posix.IsRoot
        ? ""
        : $$"""
            default_internal_user = {{Environment.UserName}}
            default_internal_group = {{Posix.GroupName(Posix.FindAccount(Environment.UserName)?.Gid ?? 0)}}
            default_login_user = {{Environment.UserName}}
            service anvil {
              chroot =
            }
            service imap-login {
              chroot =
            }
            service submission-login {
              chroot =
            }
            """;

    private static string Capability(DovecotOptions options) => (options.Capability, options.Without) switch
    {
        ({ } whole, _) => $"imap_capability = {whole}",
        (null, []) => "",
        (null, var without) => $"imap_capability = {string.Join(' ', Announced.Split(' ').Except(without))}",
    };

    private static string SpecialUse(DovecotOptions options) => options.SpecialUse
        ? string.Join('\n', new[] { "Drafts", "Sent", "Junk", "Trash", "Archive" }.Select(name => $$"""
            mailbox {{name}} {
              auto = subscribe
              special_use = \{{name}}
            }
            """))
        : "";

    private static string Services(DovecotPorts ports) => $$"""
        service imap-login {
          service_count = 0
          process_min_avail = 1
          inet_listener imap {
            port = {{ports.Imap.Port}}
          }
          inet_listener imaps {
            port = {{ports.Imaps.Port}}
            ssl = yes
          }
        }
        service lmtp {
          inet_listener lmtp {
            port = {{ports.Lmtp.Port}}
          }
        }
        service submission-login {
          service_count = 0
          inet_listener submission {
            port = {{ports.Submission.Port}}
          }
          inet_listener submissions {
            port = {{ports.Submissions.Port}}
            ssl = yes
          }
        }
        """;
}

internal sealed record DovecotPorts(PortLease Imap, PortLease Imaps, PortLease Lmtp, PortLease Submission, PortLease Submissions) : IDisposable
{
    public static DovecotPorts Take() => new(PortLease.Take(), PortLease.Take(), PortLease.Take(), PortLease.Take(), PortLease.Take());

    public void Dispose()
    {
        foreach (var lease in new[] { Imap, Imaps, Lmtp, Submission, Submissions }) lease.Dispose();
    }
}

internal sealed record DovecotPaths(string Directory)
{
    public string Config => Path.Combine(Directory, "dovecot.conf");
    public string Run => Path.Combine(Directory, "run");
    public string State => Path.Combine(Directory, "state");
    public string Users => Path.Combine(Directory, "users");
    public string UsersConfig => Path.Combine(Directory, "users.conf.ext");
    public string Mail => Path.Combine(Directory, "mail");
    public string Log => Path.Combine(Directory, "dovecot.log");
}
