#!/usr/bin/env bash
# Starts a cluster on this machine: N silos (3 by default) on one PostgreSQL, and haproxy before them on http://127.0.0.1:8080.
#
#   deploy/cluster.sh [N] [--demo] [--roles LIST] [--port P] [--http-port P] [--silo-port P] [--help] [-- host arguments]
#
#   --demo            with a local mail server, sample mail, a signed-in user and a connected account, as deploy/run.sh --demo
#   --roles LIST      of the silos in order, for example front,worker,worker; "all" for those it does not name
#   --port P          of the proxy (8080)
#   --http-port P     of the first silo (8081); the others follow; a port that is taken is passed over
#   --silo-port P     at which the other silos reach the first one (11111)
#   --gateway-port P  at which fronts reach the first one (30000)
#
# Everything it keeps stands in .data/cluster (POSTMILL_CLUSTER_DIRECTORY). ConnectionStrings__Postgres names another database to use instead of one of its own.
# Ctrl-C or SIGTERM ends it in order; SIGUSR1 starts silos again that have ended. One that was declared dead while it lived ends by itself and is started again at once.
set -euo pipefail
cd "$(dirname "$0")/.."
. deploy/packages.sh
. deploy/build.sh
. deploy/processes.sh
. deploy/postgres.sh

count=3 demo=no roles= arguments=()
port=${POSTMILL_CLUSTER_PORT:-8080} http_port=${POSTMILL_CLUSTER_HTTP_PORT:-8081} silo_port=${POSTMILL_CLUSTER_SILO_PORT:-11111} gateway_port=${POSTMILL_CLUSTER_GATEWAY_PORT:-30000}
home=${POSTMILL_CLUSTER_DIRECTORY:-$PWD/.data/cluster}
export POSTMILL_STOP_SECONDS=${POSTMILL_STOP_SECONDS:-150}
while [ $# -gt 0 ]; do
  case $1 in
    --demo) demo=yes ;;
    --roles) roles=${2:?--roles needs a list}; shift ;;
    --port) port=${2:?--port needs a number}; shift ;;
    --http-port) http_port=${2:?--http-port needs a number}; shift ;;
    --silo-port) silo_port=${2:?--silo-port needs a number}; shift ;;
    --gateway-port) gateway_port=${2:?--gateway-port needs a number}; shift ;;
    -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p}' deploy/cluster.sh; exit 0 ;;
    --) shift; arguments+=("$@"); break ;;
    [1-9] | [1-9][0-9]) count=$1 ;;
    *) echo "cluster.sh: \"$1\" is not known; see deploy/cluster.sh --help" >&2; exit 2 ;;
  esac
  shift
done

need_dotnet
need_packages haproxy=haproxy curl=curl setsid=util-linux flock=util-linux
[ -n "${ConnectionStrings__Postgres:-}" ] || need_packages '/usr/lib/postgresql/*/bin/initdb=postgresql'
if [ $demo = yes ]; then
  need_demo_packages
  build_host
  echo "what is printed about the cluster itself stands in $home/guide"
  # The demo's host is this script once more: it says when it listens, and ends when it is told to.
  POSTMILL_STOP_SECONDS=$((POSTMILL_STOP_SECONDS + 30)) exec deploy/demo/demo.sh env POSTMILL_CLUSTER_BUILT="${host[*]}" \
    deploy/cluster.sh "$count" ${roles:+--roles "$roles"} --port "$port" --http-port "$http_port" --silo-port "$silo_port" --gateway-port "$gateway_port" -- ${arguments[@]+"${arguments[@]}"}
fi

mkdir -p "$home"
exec 9>"$home/lock"
flock -n 9 || { echo "another cluster runs in $home" >&2; exit 1; }
if [ -n "${POSTMILL_CLUSTER_BUILT:-}" ]; then read -ra host <<<"$POSTMILL_CLUSTER_BUILT"; else build_host; fi

ended=no own_postgres=no
end() {
  [ $ended = no ] || return 0
  ended=yes
  set +e
  trap '' PIPE INT TERM HUP USR1
  { echo; echo "stopping: silos, proxy, PostgreSQL"; } 2>/dev/null
  # All at once, then wait for each: a silo needs no other to end.
  for i in $(seq "$count"); do server_runs "silo-$i" && kill -TERM "$(cut -d' ' -f1 <"$home/silo-$i.pid")"; done 2>/dev/null
  for i in $(seq "$count"); do stop_server "silo-$i"; done
  stop_server proxy
  [ $own_postgres = no ] || stop_postgres
}
trap end EXIT
trap 'exit 0' INT TERM HUP PIPE
again=no
trap 'again=yes' USR1

# What a killed run left.
for file in "$home"/*.pid; do [ ! -e "$file" ] || stop_server "$(basename "$file" .pid)"; done

role_of() {
  local role
  role=$(cut -s -d, -f"$1" <<<"$roles,")
  echo "${role:-all}"
}

start_silo() {
  [ ! -e "$home/silo-$1.log" ] || mv "$home/silo-$1.log" "$home/silo-$1.log.previous"
  start_server "silo-$1" env Postmill__Cluster__SiloName="silo-$1" Postmill__Cluster__Role="$(role_of "$1")" Postmill__Cluster__AdvertisedAddress=127.0.0.1 \
    Postmill__Cluster__Port="${silo_ports[$1]}" Postmill__Cluster__GatewayPort="${gateway_ports[$1]}" "${host[@]}" --urls "http://127.0.0.1:${http_ports[$1]}" ${arguments[@]+"${arguments[@]}"}
}

wait_for_silo() {
  for _ in $(seq 600); do
    server_runs "silo-$1" || break
    if curl -fs -o /dev/null --max-time 5 "http://127.0.0.1:${http_ports[$1]}/health/ready"; then return 0; fi
    sleep 0.2
  done
  echo "silo-$1 did not become ready:" >&2
  tail -n 20 "$home/silo-$1.log" >&2
  return 1
}

if [ -z "${ConnectionStrings__Postgres:-}" ]; then
  # Each silo has a pool of up to 100 connections.
  start_postgres $((count * 100 + 50))
  own_postgres=yes
fi

[ -s "$home/secret" ] || (umask 077 && od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$home/secret")
Postmill__Cluster__Secret=$(<"$home/secret")
# The proxy looks every second; until it has seen that a silo drains, the silo takes connections.
export Postmill__Cluster__Secret Postmill__Http__TrustedProxies=127.0.0.1 Postmill__Http__DrainDelaySeconds="${Postmill__Http__DrainDelaySeconds:-3}"

declare -A http_ports silo_ports gateway_ports
backend="backend silos"$'\n'"  balance roundrobin"$'\n'
for i in $(seq "$count"); do
  http_port=$(free_port "$http_port") silo_port=$(free_port "$silo_port") gateway_port=$(free_port "$gateway_port")
  http_ports[$i]=$((http_port++)) silo_ports[$i]=$((silo_port++)) gateway_ports[$i]=$((gateway_port++))
  [ "$(role_of "$i")" = worker ] || backend+="  server silo-$i 127.0.0.1:${http_ports[$i]}"$'\n'
done
printf '%s' "$backend" >"$home/silos.cfg"
port=$(free_port "$port")

echo "starting $count silos"
for i in $(seq "$count"); do start_silo "$i"; done
for i in $(seq "$count"); do wait_for_silo "$i"; done
PATH=$PATH:/usr/sbin POSTMILL_PROXY_BIND="127.0.0.1:$port" start_server proxy haproxy -db -f deploy/proxy/haproxy.cfg -f "$home/silos.cfg"
for _ in $(seq 100); do
  if curl -fs -o /dev/null --max-time 5 "http://127.0.0.1:$port/health/ready"; then break; fi
  server_runs proxy || { cat "$home/proxy.log" >&2; exit 1; }
  sleep 0.1
done

(umask 077 && cat >"$home/postmill" <<SCRIPT
#!/bin/sh
# The host's commands with this cluster's database: $home/postmill cluster status
export ConnectionStrings__Postgres='$ConnectionStrings__Postgres'
exec ${host[*]} "\$@"
SCRIPT
chmod 700 "$home/postmill")

guide() {
  echo
  echo "Postmill runs at http://127.0.0.1:$port, by turns on:"
  echo
  for i in $(seq "$count"); do
    printf '  silo-%-3s http://127.0.0.1:%-5s  ports %-5s and %-5s  %-6s  pid %s\n' "$i" "${http_ports[$i]}" "${silo_ports[$i]}" "${gateway_ports[$i]}" "$(role_of "$i")" \
      "$(cut -d' ' -f1 <"$home/silo-$i.pid")"
  done
  cat <<TEXT

  look       $home/postmill cluster status
  kill one   kill -9 \$(cut -d' ' -f1 $home/silo-2.pid)
  drain one  kill -TERM \$(cut -d' ' -f1 $home/silo-2.pid)
  freeze one kill -STOP \$(cut -d' ' -f1 $home/silo-2.pid); after 20 seconds -CONT
  again      kill -USR1 $$        (starts silos that have ended)
  logs       $home/silo-*.log, $home/proxy.log
  database   $ConnectionStrings__Postgres

Ctrl-C stops everything; the data stays in $home.
TEXT
}
guide | tee "$home/guide"
# For deploy/demo, which waits for this line of a host.
echo "Now listening on: http://127.0.0.1:$port"

# ended_by_itself I: 134 is SIGABRT, by which the runtime ends a silo at once that was declared dead.
ended_by_itself() {
  local code=0
  wait "$(cut -d' ' -f1 <"$home/silo-$1.pid")" || code=$?
  [ $code -eq 134 ]
}

declare -A gone
while server_runs proxy; do
  for i in $(seq "$count"); do
    if [ -z "${gone[$i]:-}" ] && ! server_runs "silo-$i" && ended_by_itself "$i"; then
      start_silo "$i"
      echo "silo-$i had ended by itself and is started again, pid $(cut -d' ' -f1 <"$home/silo-$i.pid"); why stands in $home/silo-$i.log.previous"
    elif [ $again = yes ] && ! server_runs "silo-$i"; then
      start_silo "$i"
      echo "silo-$i started again, pid $(cut -d' ' -f1 <"$home/silo-$i.pid")"
      unset "gone[$i]"
    elif [ -z "${gone[$i]:-}" ] && ! server_runs "silo-$i"; then
      echo "silo-$i has ended; kill -USR1 $$ starts it again"
      gone[$i]=yes
    fi
  done
  again=no
  # In the background, so that a signal is answered at once.
  sleep 1 9>&- &
  wait $! || true
done
echo "the proxy ended unexpectedly; see $home/proxy.log" >&2
exit 1
