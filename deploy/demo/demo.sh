#!/usr/bin/env bash
# The demo behind deploy/run.sh --demo: demo.sh COMMAND-OF-THE-HOST…
# A Dovecot and an smtp-sink of its own, a user, an account, sample mail and a trickle of new mail. Ctrl-C ends everything.
set -euo pipefail
cd "$(dirname "$0")/../.."
. deploy/demo/servers.sh
. deploy/demo/rest.sh

home=${POSTMILL_DEMO_DIRECTORY:-$PWD/.data/demo}
user=demo@postmill.test
password=${POSTMILL_DEMO_PASSWORD:-demo-password}
period=${POSTMILL_DEMO_PERIOD:-5}

mkdir -p "$home"
# Servers are started with this closed (9>&-): a killed demo leaves no lock.
exec 9>"$home/lock"
flock -n 9 || { echo "another demo runs in $home" >&2; exit 1; }
for name in host dovecot sink; do stop_server "$name"; done

ended=no
end() {
  [ $ended = no ] || return 0
  ended=yes
  # The terminal may be gone: whatever fails here, the servers are stopped.
  set +e
  trap '' PIPE
  { echo; echo "stopping"; } 2>/dev/null
  for name in host dovecot sink; do stop_server "$name"; done
}
trap end EXIT
trap 'exit 0' INT TERM HUP PIPE

prepare_mail_server
start_mail_server
if [ ! -e "$mail/seeded" ]; then
  echo "delivering sample mail"
  for round in 3 2 1; do
    for template in deploy/demo/mail/*.eml; do deliver "$template" "$round days ago"; done
  done
  touch "$mail/seeded"
fi

echo "the demo lets Postmill talk to private addresses and trust the demo's certificate authority:"
export Postmill__Mail__AllowPrivateHosts=true Postmill__Mail__TrustedCertificates="$mail/authority.pem"
export Postmill__Data__Directory="$home/postmill"
echo "  Postmill__Mail__AllowPrivateHosts=true Postmill__Mail__TrustedCertificates=$mail/authority.pem"
start_server host "$@"
wait_until_ready
sign_in
connect_account
make_key
first_sync
print_guide

number=0
templates=(deploy/demo/mail/*.eml)
while server_runs host && server_runs dovecot; do
  # In the background, so that a signal is answered at once.
  sleep "$period" 9>&- &
  wait $!
  deliver "${templates[number++ % ${#templates[@]}]}" now || echo "not delivered; trying on" >&2
done
echo "a server ended unexpectedly; see $home/host.log and $mail/dovecot.log" >&2
tail -n 20 "$home/host.log" >&2
exit 1
