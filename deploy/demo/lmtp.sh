#!/usr/bin/env bash
# Hands one mail (standard input) to the LMTP server on a loopback port: lmtp.sh PORT RECIPIENT < mail.eml
set -euo pipefail
exec 3<>"/dev/tcp/127.0.0.1/$1"

expect() { # the last line of a reply, which must begin with $1
  local line
  while IFS= read -r -t 30 line <&3; do
    case $line in
      "$1"-*) ;;
      "$1"*) return 0 ;;
      *) echo "LMTP server said: $line" >&2; return 1 ;;
    esac
  done
  echo "LMTP server did not answer" >&2
  return 1
}

expect 220
printf 'LHLO localhost\r\n' >&3 && expect 250
printf 'MAIL FROM:<demo@sender.example>\r\n' >&3 && expect 250
printf 'RCPT TO:<%s>\r\n' "$2" >&3 && expect 250
printf 'DATA\r\n' >&3 && expect 354
sed -e 's/\r$//' -e 's/^\./../' -e 's/$/\r/' >&3
printf '.\r\n' >&3 && expect 250
printf 'QUIT\r\n' >&3
