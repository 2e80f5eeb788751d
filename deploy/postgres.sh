# Sourced by cluster.sh: one PostgreSQL of its own, that no silo owns. Uses $home; sets $ConnectionStrings__Postgres.

_as_postgres() {
  if [ "$(id -u)" -ne 0 ]; then "$@"; else setpriv --reuid=postgres --regid=postgres --init-groups -- "$@"; fi
}

# start_postgres MOST-CONNECTIONS
start_postgres() {
  pg=$home/postgres
  # PostgreSQL refuses root, and its user may not get through to a checkout below /root.
  if [ "$(id -u)" -eq 0 ] && ! _as_postgres test -x "$home"; then pg=/var/lib/postmill-cluster-$(cksum <<<"$home" | cut -d' ' -f1); fi
  local owner=()
  [ "$(id -u)" -ne 0 ] || owner=(-o postgres -g postgres)
  install -d -m 0700 ${owner[@]+"${owner[@]}"} "$pg" "$pg/run"
  # A socket's path is at most 107 bytes.
  local run=$pg/run
  if [ ${#run} -gt 90 ]; then
    run=/tmp/postmill-$(cksum <<<"$home" | cut -d' ' -f1)
    install -d -m 0700 ${owner[@]+"${owner[@]}"} "$run"
  fi

  local major=
  [ ! -e "$pg/data/PG_VERSION" ] || major=$(<"$pg/data/PG_VERSION")
  local bins=(/usr/lib/postgresql/${major:-*}/bin)
  pg_bin=$(printf '%s\n' "${bins[@]}" | sort -V | tail -n 1)
  [ -x "$pg_bin/postgres" ] || { echo "missing: PostgreSQL ${major:-15 or later} (apt-get install postgresql${major:+-$major})" >&2; return 1; }
  if [ -z "$major" ]; then
    _as_postgres rm -rf "$pg/data"
    # Nobody but this user and root gets into the directory of the socket.
    _as_postgres "$pg_bin/initdb" -D "$pg/data" -U postmill -E UTF8 --locale=C.UTF-8 --auth=trust >/dev/null
  fi
  cat >"$home/postgres.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$run'
max_connections = $1
shared_buffers = 256MB
dynamic_shared_memory_type = mmap
max_wal_size = 2GB
jit = off
autovacuum_naptime = 15s
CONF
  install -m 0644 "$home/postgres.conf" "$pg/settings.conf"
  grep -qF "$pg/settings.conf" "$pg/data/postgresql.conf" || echo "include '$pg/settings.conf'" >>"$pg/data/postgresql.conf"
  # It may still run, of a run that was killed.
  _as_postgres "$pg_bin/pg_ctl" status -D "$pg/data" >/dev/null 2>&1 || _as_postgres "$pg_bin/pg_ctl" start -D "$pg/data" -l "$pg/log" -w -s -t 120 9>&-
  _as_postgres "$pg_bin/psql" -h "$run" -U postmill -d postgres -qAtc "SELECT 1 FROM pg_database WHERE datname = 'postmill'" | grep -q 1 ||
    _as_postgres "$pg_bin/createdb" -h "$run" -U postmill postmill
  export ConnectionStrings__Postgres="Host=$run;Username=postmill;Database=postmill"
}

stop_postgres() {
  _as_postgres "$pg_bin/pg_ctl" stop -D "$pg/data" -m fast -w -s -t 60 || _as_postgres "$pg_bin/pg_ctl" stop -D "$pg/data" -m immediate -w -s
}
