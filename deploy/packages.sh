# Sourced. Installs Debian packages that are missing, without starting the services they bring and without a terminal.

# need_packages <probe>=<package>…: a probe is a program on the PATH or in sbin, or an absolute pattern of a file.
need_packages() {
  local missing=() pair
  for pair in "$@"; do
    _present "${pair%%=*}" || missing+=("${pair#*=}")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  if ! command -v apt-get >/dev/null || ! _as_root true 2>/dev/null; then
    echo "missing: ${missing[*]} (as root: apt-get install ${missing[*]})" >&2
    return 1
  fi
  echo "installing ${missing[*]}"
  _install "${missing[@]}"
}

need_dotnet() {
  command -v dotnet >/dev/null && return 0
  echo "missing: the .NET SDK of global.json (https://dotnet.microsoft.com/download)" >&2
  return 1
}

_present() {
  case $1 in
    /*) compgen -G "$1" >/dev/null ;;
    *) PATH="$PATH:/usr/sbin:/sbin" command -v "$1" >/dev/null ;;
  esac
}

_as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

_install() (
  set -e
  # Debian starts a daemon as soon as it is installed, unless this file says no.
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    trap '_as_root rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' | _as_root tee "$policy" >/dev/null
    _as_root chmod 755 "$policy"
  fi
  # Empty package lists (a fresh container) or none that knows the package.
  for package in "$@"; do
    if ! apt-cache show --no-all-versions "$package" >/dev/null 2>&1; then
      _as_root apt-get -qq update
      break
    fi
  done
  echo 'postfix postfix/main_mailer_type select No configuration' | _as_root debconf-set-selections 2>/dev/null || true
  _as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold -o DPkg::Lock::Timeout=300 install "$@" </dev/null >/dev/null
)
