#!/usr/bin/env bash
# Installs what is missing, builds Postmill and starts it on http://127.0.0.1:8080.
#
#   deploy/run.sh [--demo] [--help] [--] [host arguments]
#
#   --demo    with a local mail server, sample mail, a signed-in user and a connected account; everything under .data/demo
#   --urls    and all other arguments go to the host (see: deploy/run.sh -- --help)
#
# Settings come from the environment, for example ConnectionStrings__Postgres='Host=db;Username=postmill;Password=…;Database=postmill'.
# Without it the host runs a PostgreSQL of its own in .data/postgres.
set -euo pipefail
cd "$(dirname "$0")/.."
. deploy/packages.sh

demo=no
arguments=()
while [ $# -gt 0 ]; do
  case $1 in
    --demo) demo=yes ;;
    -h | --help) sed -n '2,/^set /s/^# \{0,1\}//p' deploy/run.sh; exit 0 ;;
    --) shift; arguments+=("$@"); break ;;
    *) arguments+=("$1") ;;
  esac
  shift
done

need_dotnet
[ -n "${ConnectionStrings__Postgres:-}" ] || need_packages '/usr/lib/postgresql/*/bin/initdb=postgresql'
if [ $demo = yes ]; then
  need_packages dovecot=dovecot-core /usr/lib/dovecot/imap=dovecot-imapd /usr/lib/dovecot/lmtp=dovecot-lmtpd \
    /usr/lib/dovecot/submission=dovecot-submissiond smtp-sink=postfix openssl=openssl curl=curl setsid=util-linux
fi

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
echo "building"
# Compiled ahead of time where the compiler for it can be restored, so that the first mailbox does not wait for the JIT.
published=artifacts/publish/Postmill.Host/run
if ! dotnet publish src/Postmill.Host -c Release --use-current-runtime --self-contained false -p:PublishReadyToRun=true -o $published -v q --nologo >/dev/null 2>&1; then
  echo "building without compiling ahead of time"
  dotnet publish src/Postmill.Host -c Release -o $published -v q --nologo -clp:ErrorsOnly
fi
host=(dotnet exec $published/postmill.dll)

if [ $demo = yes ]; then exec deploy/demo/demo.sh "${host[@]}" ${arguments[@]+"${arguments[@]}"}; fi
exec "${host[@]}" ${arguments[@]+"${arguments[@]}"}
