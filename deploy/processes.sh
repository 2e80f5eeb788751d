# Sourced: processes with their logs and pid files in $home. File descriptor 9 is the caller's lock; no process keeps it.

# start_server NAME COMMAND…: in a session of its own, so that Ctrl-C reaches only us and the servers end in order.
start_server() {
  local name=$1
  shift
  setsid "$@" >"$home/$name.log" 2>&1 </dev/null 9>&- &
  echo "$! $(process_start $!)" >"$home/$name.pid"
}

# The start time tells a process from a later one with the same number.
process_start() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

server_runs() {
  local pid start
  read -r pid start 2>/dev/null <"$home/$1.pid" || return 1
  [ -n "$start" ] && [ "$(process_start "$pid")" = "$start" ] && [ -e "/proc/$pid/exe" ]
}

stop_server() {
  local pid
  server_runs "$1" || { rm -f "$home/$1.pid"; return 0; }
  read -r pid _ <"$home/$1.pid"
  kill -TERM "$pid" 2>/dev/null || true
  for _ in $(seq $((${POSTMILL_STOP_SECONDS:-45} * 10))); do
    server_runs "$1" || break
    sleep 0.1
  done
  # What is left of its session, also after a server that would not end.
  kill -KILL -- "-$pid" 2>/dev/null || true
  rm -f "$home/$1.pid"
}

# The next port from $1 on that nobody listens on.
free_port() {
  local port=$1
  while (exec 4<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
  echo "$port"
}
