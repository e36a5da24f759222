# shellcheck shell=bash disable=SC2154 # variables of whoever sources it
# What the benchmarks, of mail too, want of their machine: programs, ports, a disk. Sourced; wants $room.

missing=()

# Installs a package that is missing; none may start a daemon of its own meanwhile.
need() { # need COMMAND PACKAGE
  command -v "$1" >/dev/null && return
  local policy=/usr/sbin/policy-rc.d
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    [ -e "$policy" ] && policy= || { printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy"; }
    [ -e "$room/apt" ] || apt-get update -qq >"$room/apt" 2>&1 || true
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2" >>"$room/apt" 2>&1 || true
    [ -z "$policy" ] || rm -f "$policy"
  fi
  command -v "$1" >/dev/null && return
  missing+=("$2")
  return 1
}

free_port() { # a port nobody listens on now
  local port
  while port=$((20000 + RANDOM % 12000)); (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
  echo "$port"
}

is_disk() { case $(stat -f -c %T "$1") in tmpfs | ramfs | nfs*) return 1 ;; esac; } # is_disk DIRECTORY
