#!/bin/bash
# PostgreSQL for tests, on 127.0.0.1:$PORT_POSTGRES; user and database "postgres", password $PASSWORD.
# Usage: postgres.sh start|crash|stop, with SERVERS_DIR, PORT_POSTGRES and PASSWORD set; needs root and the package postgresql.
# Everything lives in $SERVERS_DIR.
set -euo pipefail
dir=$SERVERS_DIR
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)

as_postgres() { (cd / && setpriv --reuid=postgres --regid=postgres --init-groups "$@"); }

start() {
  chmod 755 "$dir"
  install -d -o postgres -m 700 "$dir/data"
  printf '%s' "$PASSWORD" | install -o postgres -m 600 /dev/stdin "$dir/password"
  as_postgres "$bin/initdb" -D "$dir/data" -A scram-sha-256 --pwfile="$dir/password" >"$dir/initdb.log" 2>&1
  as_postgres "$bin/pg_ctl" -D "$dir/data" -w -l "$dir/data/log" \
    -o "-p $PORT_POSTGRES -k $dir/data -c listen_addresses=127.0.0.1" start >"$dir/start.log" 2>&1 </dev/null
}

# Kills it, and starts it again from what is on the disk.
crash() {
  as_postgres "$bin/pg_ctl" -D "$dir/data" -w -m immediate -l "$dir/data/log" \
    -o "-p $PORT_POSTGRES -k $dir/data -c listen_addresses=127.0.0.1" restart >"$dir/crash.log" 2>&1 </dev/null
}

stop() {
  [ ! -f "$dir/data/postmaster.pid" ] || as_postgres "$bin/pg_ctl" -D "$dir/data" -w -m fast stop >"$dir/stop.log" 2>&1
}

case ${1-} in
  start | crash | stop) "$1" ;;
  *) echo "usage: $0 start|crash|stop" >&2; exit 2 ;;
esac
