#!/usr/bin/env bash
# Installs what the tests need, builds everything, checks the format and runs every test. The last line is "N passed, N failed".
# Usage: tests/run.sh [--no-format] [project…]     for example: tests/run.sh Postmill.Host.Tests
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
. deploy/packages.sh

format=yes
projects=()
for argument in "$@"; do
  case $argument in
    --no-format) format=no ;;
    -h | --help) sed -n '2,3s/^# //p' "$0"; exit 0 ;;
    *) projects+=("tests/$argument/$argument.csproj") ;;
  esac
done
if [ ${#projects[@]} -eq 0 ]; then
  for project in tests/*.Tests/*.Tests.csproj; do [ "$project" = tests/Chaos.Tests/Chaos.Tests.csproj ] || projects+=("$project"); done
  projects+=(tests/Chaos.Tests/Chaos.Tests.csproj) # last: it takes the whole machine for minutes
fi

passed=0 failed=0 skipped=0
finish() {
  local line="$passed passed, $failed failed"
  [ "$skipped" -eq 0 ] || line+=", $skipped skipped"
  echo "$line"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
  exit
}
fail() {
  echo "FAILED: $1"
  failed=$((failed + 1))
}

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en
# No build server may outlive the run and keep its output open.
export MSBUILDDISABLENODEREUSE=1

need_dotnet || { fail "no .NET SDK"; finish; }
need_packages dovecot=dovecot-core /usr/lib/dovecot/imap=dovecot-imapd /usr/lib/dovecot/lmtp=dovecot-lmtpd \
  /usr/lib/dovecot/submission=dovecot-submissiond '/usr/lib/dovecot/modules/*sieve*=dovecot-sieve' mbsync=isync \
  smtp-sink=postfix '/usr/lib/postgresql/*/bin/initdb=postgresql' openssl=openssl setpriv=util-linux ||
  { fail "packages are missing"; finish; }

echo "== build"
dotnet build orleans.sln -v q --nologo -clp:ErrorsOnly || { fail "the build"; finish; }

if [ $format = yes ]; then
  echo "== format"
  dotnet format whitespace orleans.sln --verify-no-changes --no-restore || fail "dotnet format whitespace orleans.sln would change files"
  dotnet format style orleans.sln --verify-no-changes --no-restore || fail "dotnet format style orleans.sln would change files"
fi

results=artifacts/tests
rm -rf "$results"
for project in "${projects[@]}"; do
  name=$(basename "$project" .csproj)
  echo "== $name"
  # A test that hangs is killed and named; the rest of its project is lost, which counts as one failure.
  patience=5
  [ "$name" != Chaos.Tests ] || patience=$((10 + ${POSTMILL_CHAOS_MINUTES:-0} + ${POSTMILL_CHAOS_KILLS:-0} / 4))
  dotnet test "$project" --no-build --nologo -v q --results-directory "$results/$name" --logger "trx;LogFileName=$name.trx" \
    --logger "console;verbosity=minimal" --blame-hang --blame-hang-timeout ${patience}m --blame-hang-dump-type none </dev/null
  status=$?
  cat "$results/$name"/*.txt 2>/dev/null
  counters=$(grep -o '<Counters [^>]*>' "$results/$name/$name.trx" 2>/dev/null)
  count() { sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<<"$counters"; }
  if [ -z "$counters" ]; then
    [ $status -eq 0 ] && echo "no tests in $name" || fail "$name ended with $status and without results"
    continue
  fi
  here=$(($(count failed) + $(count error) + $(count timeout) + $(count aborted)))
  passed=$((passed + $(count passed)))
  skipped=$((skipped + $(count total) - $(count executed)))
  failed=$((failed + here))
  [ $status -eq 0 ] || [ $here -gt 0 ] || fail "$name ended with $status"
done
finish
