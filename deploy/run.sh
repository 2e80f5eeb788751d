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
. deploy/build.sh

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
[ $demo = no ] || need_demo_packages
build_host

if [ $demo = yes ]; then exec deploy/demo/demo.sh deploy/supervise.sh "${host[@]}" ${arguments[@]+"${arguments[@]}"}; fi
exec deploy/supervise.sh "${host[@]}" ${arguments[@]+"${arguments[@]}"}
