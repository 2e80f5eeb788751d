# Sourced by run.sh and cluster.sh, in the top directory.

# build_host: builds Postmill and sets $host, the command that runs it.
build_host() {
  export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
  echo "building"
  # Compiled ahead of time where the compiler for it can be restored, so that the first mailbox does not wait for the JIT.
  local published=$PWD/artifacts/publish/Postmill.Host/run
  if ! dotnet publish src/Postmill.Host -c Release --use-current-runtime --self-contained false -p:PublishReadyToRun=true -o "$published" -v q --nologo >/dev/null 2>&1; then
    echo "building without compiling ahead of time"
    dotnet publish src/Postmill.Host -c Release -o "$published" -v q --nologo -clp:ErrorsOnly
  fi
  host=(dotnet exec "$published/postmill.dll")
}

# What the demo's mail servers need.
need_demo_packages() {
  need_packages dovecot=dovecot-core /usr/lib/dovecot/imap=dovecot-imapd /usr/lib/dovecot/lmtp=dovecot-lmtpd \
    /usr/lib/dovecot/submission=dovecot-submissiond smtp-sink=postfix openssl=openssl curl=curl setsid=util-linux
}
