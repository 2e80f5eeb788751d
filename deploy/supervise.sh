#!/usr/bin/env bash
# supervise.sh COMMAND…: runs a silo and starts it again when it has ended by itself, as one does that was declared dead while it lived (a frozen machine). Signals are handed on.
set -u
child='' asked=no
hand_on() {
  asked=yes
  [ -z "$child" ] || kill -TERM "$child" 2>/dev/null
}
trap hand_on TERM INT HUP

while :; do
  "$@" &
  child=$!
  [ $asked = no ] || hand_on # it came while the silo was being started
  # A signal that is handed on ends the wait, not the silo.
  while :; do
    wait "$child"
    code=$?
    kill -0 "$child" 2>/dev/null || break
  done
  # 134: SIGABRT, by which the runtime ends at once.
  [ $asked = no ] && [ $code -eq 134 ] || exit $code
  echo "the silo has ended by itself; starting it again" >&2
done
