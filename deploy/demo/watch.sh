#!/usr/bin/env bash
# A WebSocket client (RFC 6455, ws:// only) of bash and coreutils: prints every text frame, answers pings.
# watch.sh http://127.0.0.1:8080 msk_… [/mail/ws/inbox]
set -euo pipefail
host=${1#*://}
host=${host%%/*}
path=${3:-/mail/ws/inbox}
exec 3<>"/dev/tcp/${host%:*}/${host##*:}"

nonce=$(head -c 16 /dev/urandom | base64)
printf 'GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\nAuthorization: Bearer %s\r\n\r\n' \
  "$path" "$host" "$nonce" "$2" >&3
IFS= read -r status <&3
while IFS= read -r line <&3 && [ "$line" != $'\r' ]; do :; done
case $status in
  *' 101 '*) echo "connected to $path" >&2 ;;
  *) echo "refused: $status" >&2; exit 1 ;;
esac

bytes() { head -c "$1" <&3 | od -An -v -tu1; }

# send OPCODE LENGTH: a masked frame as clients must send; with a mask of zeros the payload (standard input) stays as it is.
send() {
  printf "\\x$(printf %x $((128 + $1)))\\x$(printf %x $((128 + $2)))\\0\\0\\0\\0" >&3
  cat >&3
}

while head=($(bytes 2)) && [ ${#head[@]} -eq 2 ]; do
  length=$((head[1] & 127))
  extended=0
  [ $length -eq 126 ] && extended=2
  [ $length -eq 127 ] && extended=8
  if [ $extended -gt 0 ]; then
    length=0
    for byte in $(bytes $extended); do length=$((length * 256 + byte)); done
  fi
  case $((head[0] & 15)) in
    0 | 1) head -c $length <&3; [ $((head[0] & 128)) -eq 0 ] || echo ;;
    8)
      code=($(bytes $length))
      [ $length -lt 2 ] || echo "closed with $((code[0] * 256 + code[1]))" >&2
      exit 0
      ;;
    9) head -c $length <&3 | send 10 $length ;;
    *) bytes $length >/dev/null ;;
  esac
done
echo "the connection is gone" >&2
exit 1
